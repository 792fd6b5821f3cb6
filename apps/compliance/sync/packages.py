"""Packages, shelf by shelf; the younger row wins, whichever shelf it stands on."""

from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from apps.compliance.events import packages_seen
from apps.compliance.models import Facility, Package
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Package as Row

from .forward import read_on

FIELDS = ["metrc_id", "place", "item", "quantity", "unit", "location", "lab_state", "received_manifest"]
FIELDS += ["modified_at", "read_at"]


def read(place: str, metrc: Metrc, facility: Facility) -> Iterator[None]:
    """One shelf."""

    def pull(since, until) -> list[Row]:
        return list(metrc.packages(place, since, until))

    return read_on(facility, f"packages/{place}", pull, partial(write, facility, place))


def write(facility: Facility, place: str, rows: list[Row]) -> None:
    """In the caller's transaction."""
    newest = {row.label: row for row in sorted(rows, key=lambda row: str(row.last_modified))}
    known = Package.objects.filter(facility=facility, label__in=newest)
    before = {label: (modified, at) for label, modified, at in known.values_list("label", "modified_at", "place")}
    changed = [row for row in newest.values() if _is_news(row, place, before.get(row.label))]
    Package.objects.bulk_create(
        [_kept(facility, place, row) for row in changed],
        update_conflicts=True,
        unique_fields=["facility", "label"],
        update_fields=[*FIELDS, "updated_at"],
    )
    if changed:
        packages_seen.tell(
            organization_id=str(facility.organization_id),
            license_number=facility.number,
            labels=sorted(row.label for row in changed),
        )


def _is_news(row: Row, place: str, before) -> bool:
    if row.last_modified is None or before is None:
        return True
    modified, at = before
    return row.last_modified > modified or (row.last_modified == modified and at != place)


def _kept(facility: Facility, place: str, row: Row) -> Package:
    now = timezone.now()
    return Package(
        organization_id=facility.organization_id,
        facility=facility,
        metrc_id=row.id,
        label=row.label[:40],
        place=place,
        item=row.item.name[:250],
        quantity=row.quantity,
        unit=row.unit_of_measure_name[:40],
        location=row.location_name[:120],
        lab_state=row.lab_testing_state[:40],
        received_manifest=row.received_from_manifest_number[:40],
        modified_at=row.last_modified or now,
        read_at=now,
        updated_at=now,
        created_at=now,
    )
