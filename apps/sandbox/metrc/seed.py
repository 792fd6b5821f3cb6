"""METRC's first day: the seed file, and the packages of the stores that Dutchie's seed knows, under the same tags."""

import json
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

from apps.sandbox.days import moved

from . import drawer, registering, shapes, shelves, templates
from .numbers import next_id
from .shapes import stamp

SEEDS = Path(__file__).parent.parent / "seeds"
SETTINGS = {
    "limits": {
        "facility": {"perSecond": 50, "concurrent": 10},
        "vendor": {"perSecond": 150, "concurrent": 30},
    },
    "limitWrites": False,
    "retryAfter": "mostly",  # or absent, or so many seconds
    "maintenance": None,  # two moments: between them every call is answered 503 and a web page
    "readLagSeconds": 0,  # reads see the world so old; two numbers: drawn between them for each read
    "dateSkewSeconds": 0,
    "drift": False,
    "driftSeconds": [20, 40],
    "nextId": 100_001,
}
PROFILE = {
    "windowHours": 24,  # null: any range
    "withoutWindow": "all",  # or recent, none
    "bareWithoutPageSize": False,
    "labStatesRefused": [],
    "allowNegative": False,
    "partialBatch": False,
    "idsOnPut": False,
    "noteKept": True,
    "partialReceive": True,
    "phoneRequired": True,
    "uniqueTemplateNames": False,
    "templateIdOnTransfer": True,
    "publishes": {},  # calls that no state has today; see published.py
}
EMPTY = ("adjustments", "labResults", "templates", "transfers", "deliveries", "deliveryPackages", "receipts", "tags")
COMPLETE = {
    "states": PROFILE,
    "packages": shapes.PACKAGE | {"_delivery": None, "_gone": False},
    "templates": shapes.TRANSFER,
    "transfers": shapes.TRANSFER,
    "deliveries": shapes.DELIVERY,
    "deliveryPackages": shapes.DELIVERY_PACKAGE,
    "labResults": shapes.LAB_RESULT,
    "items": shapes.ITEM,
    "reasons": {"RequiresNote": False, "RequiresWasteWeight": False},
    "userKeys": {"facilities": [], "lacks": [], "expires": None},
    "vendorKeys": {"active": True},
}
STAMPED = ("packages", "templates", "transfers", "receipts")
TAGS = 40  # unused ones in each drawer


def fill(world) -> None:
    """Puts the seed into the world, moved so that its own date is today."""
    document = json.loads((SEEDS / "metrc.json").read_text(encoding="utf-8"))
    days = world.now().date() - date.fromisoformat(document.pop("date"))
    document.pop("about")
    shipments = document.pop("shipments")
    world.before_put = lambda kind, id, old, new: _completed(world, kind, id, old, new)
    world.after_put = lambda kind, old, new: None
    world.fill({"settings": deepcopy(SETTINGS), **{kind: {} for kind in (*document, *EMPTY)}})
    for kind, rows in document.items():
        for id, row in moved(rows, days).items():
            world.put(kind, id, row)
    for facility in world.rows("facilities"):
        drawer.fill(world, facility, TAGS)
    shelves.fill(world, days)
    for shipment in shipments:
        ship(world, **shipment)
    world.forget()


def _completed(world, kind: str, id: str, old: dict | None, new):
    if kind == "settings":
        return new
    if kind == "facilities":
        new = _facility(id, new)
    if kind == "packages":
        new = {"_facility": world.ids("facilities")[0], **new, "Id": int(id)}
    new = {**COMPLETE.get(kind, {}), **new}
    if kind == "deliveryPackages":
        return {**new, "_id": id}
    kept = old is not None and new.get("LastModified") == old.get("LastModified")
    if kind in STAMPED and (kept or not new.get("LastModified")):
        return {**new, "LastModified": stamp(world.now())}
    return new


def _facility(id: str, row: dict) -> dict:
    license = {"Number": id, "StartDate": "2020-01-01", "EndDate": None, "LicenseType": None, **row.get("License", {})}
    own = {**shapes.FACILITY, "Name": id, "_state": "mi", "_zone": "America/Detroit", **row, "License": license}
    kind = {**shapes.FACILITY_TYPE, **own["FacilityType"]}
    return {**own, "DisplayName": own["DisplayName"] or own["Name"], "FacilityType": kind}


def ship(world, *, shipper: str, recipient: str, labels: list[str], name: str) -> None:
    """A transfer that the shipper has registered and that has not arrived."""
    leaves = world.now() - timedelta(hours=2)
    kind = next(row["Name"] for row in world.rows("transferTypes") if row["ForLicensedShipments"])
    times = {
        "EstimatedDepartureDateTime": f"{leaves:%Y-%m-%dT%H:%M:%S}.000",
        "EstimatedArrivalDateTime": f"{leaves + timedelta(hours=6):%Y-%m-%dT%H:%M:%S}.000",
    }
    driver = next(row for row in world.rows("drivers") if row["_facility"] == shipper)
    vehicle = next(row for row in world.rows("vehicles") if row["_facility"] == shipper)
    leg = {
        "TransporterFacilityLicenseNumber": shipper,
        "DriverName": driver["Name"],
        "DriverLicenseNumber": driver["DriversLicenseNumber"],
        "DriverOccupationalLicenseNumber": driver["EmployeeId"],
        "VehicleMake": vehicle["Make"],
        "VehicleModel": vehicle["Model"],
        "VehicleLicensePlateNumber": vehicle["LicensePlateNumber"],
    }
    destination = {
        "Id": next_id(world),
        "RecipientLicenseNumber": recipient,
        "TransferTypeName": kind,
        "PlannedRoute": "As the map has it.",
        "Packages": [{"PackageLabel": label, "WholesalePrice": 480.0} for label in labels],
        "Transporters": [leg],
        **times,
    }
    template = templates.row(world, next_id(world), {"Name": name, "Destinations": [destination]}, shipper, by="Seed")
    transfer = registering.register(world, world.put("templates", template["Id"], template), {"user": driver["Name"]})
    registering.depart(world, transfer, {})
