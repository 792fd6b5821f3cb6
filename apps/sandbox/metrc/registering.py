"""A template becomes a transfer: a manifest number, its packages in transit. And a transfer leaves, or is voided."""

from apps.sandbox.world import World

from . import packages as shelves
from .ask import Refused
from .numbers import next_id
from .shapes import names, stamp
from .template_checks import package_fault
from .templates import told
from .transfers import packages_of

SAME = names(
    "Name ShipperFacilityLicenseNumber ShipperFacilityName RecipientFacilityLicenseNumber RecipientFacilityName"
    " ShipmentTypeName EstimatedDepartureDateTime EstimatedArrivalDateTime DeliveryCount PackageCount"
)
DRIVING = names("DriverName DriverOccupationalLicenseNumber VehicleMake VehicleModel VehicleLicensePlateNumber")


def register(world: World, template: dict, said: dict) -> dict:
    """The transfer's row. METRC looks at the packages once more: they may have moved since the template was filed."""
    licence, destinations = template["_facility"], template["_destinations"]
    profile = world.get("states", world.get("facilities", licence)["_state"])
    labels = [package["PackageLabel"] for destination in destinations for package in destination["Packages"]]
    texts = [package_fault(world, profile, licence, label) for label in labels]
    if template["_archived"]:
        texts.append("The Transfer Template has been archived.")
    if any(texts):
        raise Refused(" ".join(filter(None, texts)))
    number = next_id(world)
    manifest = f"{number:010}"
    ids = [_deliver(world, number, manifest, template, place, said) for place, said in enumerate(destinations, 1)]
    leg = destinations[0]["Transporters"][0]
    transfer = (
        {name: template[name] for name in SAME}
        | {name: leg.get(name) for name in DRIVING}
        | {
            "Id": number,
            "ManifestNumber": manifest,
            "OriginatingTemplateId": template["Id"] if profile["templateIdOnTransfer"] else None,
            "TransporterFacilityLicenseNumber": leg["TransporterFacilityLicenseNumber"],
            "InvoiceNumber": destinations[0].get("InvoiceNumber"),
            "CreatedDateTime": stamp(world.now()),
            "CreatedByUserName": said.get("user") or "Registered at the web site",
            "_template": template["Id"],
            "_facility": licence,
            "_recipients": [destination["RecipientLicenseNumber"] for destination in destinations],
            "_deliveries": ids,
        }
    )
    return world.put("transfers", number, transfer)


def depart(world: World, transfer: dict, said: dict) -> dict:
    if transfer["ActualDepartureDateTime"] or transfer["IsVoided"]:
        raise Refused("The Transfer has departed already, or was voided.")
    now = stamp(world.now())
    for id in transfer["_deliveries"]:
        world.change("deliveries", id, ActualDepartureDateTime=now)
    return world.change("transfers", transfer["Id"], ActualDepartureDateTime=now)


def void(world: World, transfer: dict, said: dict) -> dict:
    """Everything lies where it lay; a transfer of which something was received cannot be voided."""
    if transfer["IsVoided"] or transfer["ReceivedDeliveryCount"]:
        raise Refused("The Transfer was voided or received already.")
    for id in transfer["_deliveries"]:
        for row in packages_of(world, id):
            if row["PackageId"]:
                world.change("packages", row["PackageId"], _delivery=None)
    return world.change("transfers", transfer["Id"], IsVoided=True)


def _deliver(world: World, transfer: int, manifest: str, template: dict, place: int, said: dict) -> int:
    number = next_id(world)
    recipient = world.get("facilities", said["RecipientLicenseNumber"])
    same = ("PlannedRoute", "InvoiceNumber", "GrossWeight", "EstimatedDepartureDateTime", "EstimatedArrivalDateTime")
    delivery = {name: said.get(name) for name in same} | {
        "Id": number,
        "DeliveryNumber": place,
        "RecipientFacilityLicenseNumber": said["RecipientLicenseNumber"],
        "RecipientFacilityName": recipient["Name"],
        "ShipmentTypeName": said["TransferTypeName"],
        "ManifestNumber": manifest,
        "DeliveryPackageCount": len(said["Packages"]),
        "_transfer": transfer,
        "_transporters": said["Transporters"],
    }
    world.put("deliveries", number, delivery)
    for package in said["Packages"]:
        _load(world, number, template["_facility"], package)
    return number


def _load(world: World, delivery: int, licence: str, said: dict) -> None:
    package = shelves.at(world, licence, said["PackageLabel"])
    world.change("packages", package["Id"], _delivery=delivery)
    row = told(package) | {
        "PackageLabel": package["Label"],
        "ShipmentPackageState": "Shipped",
        "GrossWeight": said.get("GrossWeight"),
        "_delivery": delivery,
        "_price": said.get("WholesalePrice"),
    }
    world.put("deliveryPackages", next_id(world), row)
