"""Goods from outside the state's system: an incoming manifest that the recipient itself files. A person still receives
it at the web site, where its packages get tags."""

from . import units
from .ask import Ask, Refused, done, refuse_rows
from .lists import of_state
from .numbers import next_id
from .shapes import stamp
from .transfers import packages_of

NEEDED = ("ItemName", "Quantity", "UnitOfMeasureName", "PackagedDate")


def create(ask: Ask):
    _allowed(ask)
    rows = _checked(ask)
    return done([_write(ask, next_id(ask.world), row) for row in rows])


def rewrite(ask: Ask):
    _allowed(ask)
    rows = _checked(ask)
    ids = [_mine(ask, row.get("TransferId")) for row in rows]
    for id, row in zip(ids, rows, strict=True):
        _unload(ask, id)
        _write(ask, id, row)
    return done()


def remove(ask: Ask):
    _allowed(ask)
    id = _mine(ask, ask.said["id"])
    ask.world.change("transfers", id, IsVoided=True)
    ask.ledger.accept("external.removed", at=ask.world.now(), licence=ask.licence, id=id)
    return done()


def _allowed(ask: Ask) -> None:
    if not ask.facility["FacilityType"]["CanTransferFromExternalFacilities"]:
        raise Refused("Unauthorized", status=401)


def _mine(ask: Ask, id) -> int:
    transfer = ask.world.get("transfers", id)
    own = transfer and not transfer["_facility"] and ask.licence in transfer["_recipients"]
    if not own or transfer["ReceivedDateTime"] or transfer["IsVoided"]:
        raise Refused("Transfer was not found.", status=404)
    return transfer["Id"]


def _checked(ask: Ask) -> list[dict]:
    rows = ask.rows()
    refuse_rows([(place, text) for place, row in enumerate(rows) for text in _faults(ask, row)])
    if sum(len(stop["Packages"]) for row in rows for stop in row["Destinations"]) > len(_drawer(ask)):
        raise Refused("Not enough package tags are available.")
    return rows


def _drawer(ask: Ask) -> list[dict]:
    return [row for row in ask.world.rows("tags") if row["_facility"] == ask.licence and not row.get("_used")]


def _faults(ask: Ask, row: dict) -> list[str]:
    stops = row.get("Destinations") or []
    texts = [f"{name} was not specified." for name in ("ShipperName", "Destinations") if not row.get(name)]
    return texts + [text for stop in stops for text in _stop_faults(ask, stop)]


def _stop_faults(ask: Ask, stop: dict) -> list[str]:
    kinds = {kind["Name"] for kind in of_state(ask, "transferTypes") if kind["ForExternalIncomingShipments"]}
    name, packages = stop.get("TransferTypeName"), stop.get("Packages") or []
    texts = [] if name in kinds else [f'The Transfer Type "{name}" is invalid.']
    texts += [] if packages else ["Packages was not specified."]
    texts += [f"{field} was not specified." for package in packages for field in NEEDED if not package.get(field)]
    known = {unit["Name"] for unit in ask.world.rows("units")}
    wrong = [package for package in packages if units.number(package.get("Quantity"), places=4) is None]
    wrong += [package for package in packages if package.get("UnitOfMeasureName") not in known]
    return texts + [f"The Quantity of '{package.get('ItemName')}' is not valid." for package in wrong]


def _write(ask: Ask, number: int, row: dict) -> int:
    stops, manifest = row["Destinations"], f"{number:010}"
    deliveries = [_deliver(ask, number, manifest, stop) for stop in stops]
    transfer = {
        "Id": number,
        "ManifestNumber": manifest,
        "ShipmentLicenseType": "External",
        "ShipperFacilityLicenseNumber": row.get("ShipperLicenseNumber"),
        "ShipperFacilityName": row["ShipperName"],
        "RecipientFacilityLicenseNumber": ask.licence,
        "RecipientFacilityName": ask.facility["Name"],
        "ShipmentTypeName": stops[0]["TransferTypeName"],
        "DeliveryCount": len(stops),
        "PackageCount": sum(len(stop["Packages"]) for stop in stops),
        "CreatedDateTime": stamp(ask.world.now()),
        "CreatedByUserName": ask.user["name"],
        "_template": None,
        "_facility": "",
        "_recipients": [ask.licence],
        "_deliveries": deliveries,
    }
    ask.world.put("transfers", number, transfer)
    ask.ledger.accept("external", at=ask.world.now(), licence=ask.licence, id=number, note=row["ShipperName"])
    return number


def _deliver(ask: Ask, transfer: int, manifest: str, stop: dict) -> int:
    number = next_id(ask.world)
    delivery = {
        "Id": number,
        "RecipientFacilityLicenseNumber": ask.licence,
        "RecipientFacilityName": ask.facility["Name"],
        "ShipmentTypeName": stop["TransferTypeName"],
        "PlannedRoute": stop.get("PlannedRoute"),
        "EstimatedDepartureDateTime": stop.get("EstimatedDepartureDateTime"),
        "EstimatedArrivalDateTime": stop.get("EstimatedArrivalDateTime"),
        "ManifestNumber": manifest,
        "DeliveryPackageCount": len(stop["Packages"]),
        "_transfer": transfer,
        "_transporters": stop.get("Transporters") or [],
    }
    ask.world.put("deliveries", number, delivery)
    for package in stop["Packages"]:
        _load(ask, number, package)
    return number


def _load(ask: Ask, delivery: int, package: dict) -> None:
    """Its tag is drawn now, so that both sides may speak of it."""
    tag = _drawer(ask)[0]
    ask.world.change("tags", tag["Id"], _used=True)
    row = {
        "PackageLabel": tag["Label"],
        "ItemName": package["ItemName"],
        "ShippedQuantity": float(units.exact(package["Quantity"])),
        "ShippedUnitOfMeasureName": package["UnitOfMeasureName"],
        "ShipmentPackageState": "Shipped",
        "PackagedDate": package["PackagedDate"],
        "ExpirationDate": package.get("ExpirationDate"),
        "ExternalId": package.get("ExternalId"),
        "_delivery": delivery,
        "_price": package.get("WholesalePrice"),
    }
    ask.world.put("deliveryPackages", next_id(ask.world), row)


def _unload(ask: Ask, transfer: int) -> None:
    for delivery in ask.world.get("transfers", transfer)["_deliveries"]:
        for row in packages_of(ask.world, delivery):
            ask.world.drop("deliveryPackages", row["_id"])
        ask.world.drop("deliveries", delivery)
