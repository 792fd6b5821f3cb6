"""The demo's papers: licences for all, and what a seller files with the state by: its account, drivers, vans."""

from datetime import date, timedelta

from apps.accounts.models import License, Location
from apps.accounts.rules import LicenseKind
from apps.compliance.models import Driver, Facility, Vehicle

ENDS_SOON = {"northlight-lansing": 24}  # days from today; the others have most of a year
# As the emulator's first day knows them.
KEYS = {
    "northlight-holland": "sbx-user-northlight",
    "northlight-lansing": "sbx-user-northlight",
    "bellwether-muskegon": "sbx-user-bellwether",
    "juniper-pine-eastown": "sbx-user-juniper",
}
DRIVERS = {
    "northlight-holland": [
        ("Ines Calloway", "C 450 112 887 301", "EMP-00611"),
        ("Theo Lindqvist", "L 532 090 114 220", "EMP-00612"),
    ],
    "bellwether-muskegon": [("Mara Eklund", "E 245 771 003 918", "EMP-00640")],
}
VEHICLES = {
    "northlight-holland": [("Ford", "Transit", "NLS 4127"), ("Ram", "ProMaster", "NLS 4130")],
    "bellwether-muskegon": [("Nissan", "NV200", "BWF 2210")],
}
WHOLESALE = "AU Unaffiliated (Wholesale)"


def fill(today: date) -> dict[str, int]:
    """Make what is missing; says how many of each kind were made."""
    made = {"licenses": 0, "facilities": 0, "drivers": 0, "vehicles": 0}
    for place in Location.objects.select_related("organization").exclude(license_number=""):
        made["licenses"] += _license(place, today)
        made["facilities"] += _facility(place)
        made["drivers"] += sum(_driver(place, *row) for row in DRIVERS.get(place.slug, ()))
        made["vehicles"] += sum(_vehicle(place, *row) for row in VEHICLES.get(place.slug, ()))
    return made


def _license(place: Location, today: date) -> bool:
    sells = place.organization.sells
    left = ENDS_SOON.get(place.slug, 300)
    _row, new = License.objects.get_or_create(
        location=place,
        number=place.license_number,
        defaults={
            "organization": place.organization,
            "state": "FL" if place.license_number.startswith("MMTC") else "MI",
            "kind": LicenseKind.PROCESSING if sells else LicenseKind.RETAIL,
            "valid_from_date": today - timedelta(days=365 - left),
            "valid_until_date": today + timedelta(days=left),
        },
    )
    return new


def _facility(place: Location) -> bool:
    if place.slug not in KEYS or Facility.objects.filter(location=place).exists():
        return False
    facility = Facility(
        organization=place.organization,
        location=place,
        number=place.license_number,
        state="mi",
        transfer_type=WHOLESALE,
        phone="616-555-0140",
    )
    facility.put_key(KEYS[place.slug])
    facility.save(force_insert=True)
    return True


def _driver(place: Location, name: str, licence: str, permit: str) -> bool:
    if Driver.objects.filter(organization=place.organization, name=name).exists():
        return False
    driver = Driver(organization=place.organization, name=name)
    driver.put(licence=licence, permit=permit)
    driver.save(force_insert=True)
    return True


def _vehicle(place: Location, make: str, model: str, plate: str) -> bool:
    told = {"make": make, "model": model}
    return Vehicle.objects.get_or_create(organization=place.organization, plate=plate, defaults=told)[1]
