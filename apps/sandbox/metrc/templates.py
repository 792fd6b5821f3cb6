"""Transfer templates: what a program may file. A person makes a transfer of one, see `people`."""

from . import packages as shelves
from . import shapes
from .ask import Ask, Refused, done, refuse_rows
from .numbers import next_id
from .shapes import names, shown, stamp
from .template_checks import faults

ROW = names(
    "Name TransporterFacilityLicenseNumber DriverOccupationalLicenseNumber DriverName DriverLicenseNumber"
    " PhoneNumberForQuestions VehicleMake VehicleModel VehicleLicensePlateNumber"
)
LEG = shapes.TRANSPORTER_DETAILS.keys() - {"ActualDriverStartDateTime", "AcceptedDateTime"}


def create(ask: Ask):
    rows = ask.rows()
    refuse_rows([(place, text) for place, row in enumerate(rows) for text in faults(ask, row)])
    return done([_write(ask, "template", next_id(ask.world), row) for row in rows])


def rewrite(ask: Ask):
    rows = ask.rows()
    missing = "TransferTemplateId was not specified."
    wrong = [(place, missing) for place, row in enumerate(rows) if _mine(ask, row.get("TransferTemplateId")) is None]
    refuse_rows(wrong + [(place, text) for place, row in enumerate(rows) for text in faults(ask, row)])
    for row in rows:
        _write(ask, "template.change", row["TransferTemplateId"], row)
    return done()


def archive(ask: Ask):
    template = _mine(ask, ask.said["id"])
    if template is None:
        raise Refused("Transfer Template was not found.", status=404)
    ask.world.change("templates", template["Id"], _archived=True)
    ask.ledger.accept(
        "template.archive", at=ask.world.now(), licence=ask.licence, id=template["Id"], note=template["Name"]
    )
    return done()


def listed(ask: Ask):
    rows = [row for row in ask.view.rows("templates") if row["_facility"] == ask.licence and not row["_archived"]]
    return ask.listed(ask.ranged(rows), lambda row: shown(row, shapes.TRANSFER))


def deliveries(ask: Ask):
    template = _mine(ask, ask.said["id"], ask.view)
    if template is None:
        raise Refused("Transfer Template was not found.", status=404)
    return ask.listed(template["_destinations"], lambda said: _delivery(ask, said))


def packages(ask: Ask):
    template, destination = _destination(ask)
    return ask.listed(destination["Packages"], lambda said: _package(ask, template["_facility"], said))


def transporters(ask: Ask):
    return ask.listed(_destination(ask)[1]["Transporters"], lambda leg: transporter(ask.view, leg))


def details(ask: Ask):
    return ask.listed(_destination(ask)[1]["Transporters"], transporter_details)


def transporter(view, leg: dict) -> dict:
    number = leg["TransporterFacilityLicenseNumber"]
    name = (view.get("facilities", number) or {}).get("Name")
    own = {"TransporterFacilityLicenseNumber": number, "TransporterFacilityName": name}
    return {**shapes.TRANSPORTER, **own, "TransporterDirection": "Outbound"}


def transporter_details(leg: dict) -> dict:
    """The driver and vehicle of a leg, under the names that reading has for them."""
    own = {name: leg.get(name) for name in LEG}
    return {**shapes.TRANSPORTER_DETAILS, **own, "DriverVehicleLicenseNumber": leg.get("DriverLicenseNumber")}


def _mine(ask: Ask, id, view=None) -> dict | None:
    template = (view or ask.world).get("templates", id)
    if template is None or template["_archived"]:
        return None
    return template if template["_facility"] in ask.licences else None


def _destination(ask: Ask) -> tuple[dict, dict]:
    for template in ask.view.rows("templates"):
        for destination in template["_destinations"] if template["_facility"] in ask.licences else ():
            if str(destination["Id"]) == ask.said["id"]:
                return template, destination
    raise Refused("Transfer Template Delivery was not found.", status=404)


def row(world, number: int, said: dict, licence: str, *, by: str) -> dict:
    """A template as METRC keeps it, of what was filed; its destinations have ids."""
    first, now = said["Destinations"][0], stamp(world.now())
    recipient = world.get("facilities", first["RecipientLicenseNumber"])
    old = world.get("templates", number, {"CreatedDateTime": now, "CreatedByUserName": by})
    return {name: said.get(name) for name in ROW} | {
        "Id": int(number),
        "ShipperFacilityLicenseNumber": licence,
        "ShipperFacilityName": world.get("facilities", licence)["Name"],
        "RecipientFacilityLicenseNumber": recipient["License"]["Number"],
        "RecipientFacilityName": recipient["Name"],
        "ShipmentTypeName": first["TransferTypeName"],
        "EstimatedDepartureDateTime": first["EstimatedDepartureDateTime"],
        "EstimatedArrivalDateTime": first["EstimatedArrivalDateTime"],
        "CreatedDateTime": old["CreatedDateTime"],
        "CreatedByUserName": old["CreatedByUserName"],
        "DeliveryCount": len(said["Destinations"]),
        "PackageCount": sum(len(destination["Packages"]) for destination in said["Destinations"]),
        "_facility": licence,
        "_archived": False,
        "_destinations": said["Destinations"],
    }


def _write(ask: Ask, act: str, number: int, said: dict) -> int:
    destinations = [
        {**destination, "Id": destination.get("TransferDestinationId") or next_id(ask.world)}
        for destination in said["Destinations"]
    ]
    template = row(ask.world, number, {**said, "Destinations": destinations}, ask.licence, by=ask.user["name"])
    ask.world.put("templates", number, template)
    ask.ledger.accept(act, at=ask.world.now(), licence=ask.licence, id=template["Id"], note=said["Name"])
    return template["Id"]


def _delivery(ask: Ask, said: dict) -> dict:
    recipient = ask.view.get("facilities", said["RecipientLicenseNumber"])
    own = {
        "Id": said["Id"],
        "RecipientFacilityLicenseNumber": said["RecipientLicenseNumber"],
        "RecipientFacilityName": recipient["Name"],
        "ShipmentTypeName": said["TransferTypeName"],
        "DeliveryPackageCount": len(said["Packages"]),
    }
    same = ("PlannedRoute", "InvoiceNumber", "GrossWeight", "EstimatedDepartureDateTime", "EstimatedArrivalDateTime")
    return {**shapes.DELIVERY, **own, **{name: said.get(name) for name in same}}


def _package(ask: Ask, licence: str, said: dict) -> dict:
    package = shelves.at(ask.view, licence, said["PackageLabel"]) or {}
    return {**shapes.DELIVERY_PACKAGE, **told(package), "PackageLabel": said["PackageLabel"]}


def told(package: dict) -> dict:
    """What a delivery tells of a package."""
    item = package.get("Item") or {}
    same = ("PackageType", "LabTestingState", "ProductionBatchNumber", "ExternalId", "SourcePackageLabels")
    return {name: package.get(name) for name in (*same, "PackagedDate", "ExpirationDate")} | {
        "PackageId": package.get("Id"),
        "ItemName": item.get("Name"),
        "ItemCategoryName": item.get("ProductCategoryName"),
        "ItemStrainName": item.get("StrainName"),
        "ShippedQuantity": package.get("Quantity"),
        "ShippedUnitOfMeasureName": package.get("UnitOfMeasureName"),
    }
