"""What a recipient does with a transfer: each package accepted, accepted with another quantity, or rejected."""

from apps.sandbox.world import World

from . import units
from .ask import Refused
from .numbers import next_id
from .shapes import stamp
from .transfers import packages_of

NAMES = {
    "packagelabel": "label",
    "receivedquantity": "received",
    "quantity": "received",
    "shipmentpackagestate": "state",
    "receiverwholesaleprice": "price",
}


def receive(world: World, transfer: dict, said: dict) -> dict:
    """The transfer's row after one delivery, or all of them, has been received."""
    if transfer["IsVoided"]:
        raise Refused("The Transfer has been voided.")
    wanted = said.get("delivery") or said.get("DeliveryId")
    ids = [id for id in transfer["_deliveries"] if wanted in (None, id, str(id))]
    open_ids = [id for id in ids if not world.get("deliveries", id)["ReceivedDateTime"]]
    if not open_ids:
        raise Refused("The Delivery was received already, or is not part of this Transfer.")
    decisions = _decisions(world, open_ids, said)
    for id in open_ids:
        _check(world, id, decisions)
    for id in open_ids:
        _receive(world, transfer, world.get("deliveries", id), decisions)
    return _counted(world, transfer)


def take_back(world: World, transfer: dict, said: dict) -> dict:
    """The shipper has its rejected packages again."""
    for id in transfer["_deliveries"]:
        for row in packages_of(world, id):
            if row["ShipmentPackageState"] == "Rejected" and row["PackageId"]:
                world.change("packages", row["PackageId"], _delivery=None)
                world.change("deliveryPackages", row["_id"], ShipmentPackageState="Returned")
        world.change("deliveries", id, RejectedPackagesReturned=True)
    return world.change("transfers", transfer["Id"])


def _decisions(world: World, ids: list[int], said: dict) -> dict[str, dict]:
    """By label, in our own short names whichever were said."""
    rows = said.get("packages") or said.get("Packages") or []
    decisions = [{NAMES.get(name.lower(), name.lower()): value for name, value in row.items()} for row in rows]
    labels = {row["PackageLabel"] for id in ids for row in packages_of(world, id)}
    unknown = [str(decision.get("label")) for decision in decisions if decision.get("label") not in labels]
    if unknown:
        raise Refused(f"Not on this Delivery: {', '.join(unknown)}.")
    return {decision["label"]: decision for decision in decisions}


def _check(world: World, delivery: int, decisions: dict[str, dict]) -> None:
    recipient = world.get("facilities", world.get("deliveries", delivery)["RecipientFacilityLicenseNumber"])
    partial = world.get("states", recipient["_state"])["partialReceive"]
    for row in packages_of(world, delivery):
        received = decisions.get(row["PackageLabel"], {}).get("received")
        number = units.number(row["ShippedQuantity"] if received is None else received, places=4)
        if number is None or number < 0:
            raise Refused(f"The Quantity '{received}' is not valid for Package {row['PackageLabel']}.")
        if not partial and number != units.exact(row["ShippedQuantity"]):
            raise Refused(f"Package {row['PackageLabel']} must be received whole or rejected.")


def _receive(world: World, transfer: dict, delivery: dict, decisions: dict[str, dict]) -> None:
    now = stamp(world.now())
    for row in packages_of(world, delivery["Id"]):
        decision = decisions.get(row["PackageLabel"], {})
        if decision.get("rejected") or decision.get("state") == "Rejected":
            world.change("deliveryPackages", row["_id"], ShipmentPackageState="Rejected", ReceivedQuantity=0.0)
        else:
            _accept(world, transfer, delivery, row, decision)
    rows = packages_of(world, delivery["Id"])
    accepted = sum(row["ShipmentPackageState"] == "Accepted" for row in rows)
    counts = {"DeliveryReceivedPackageCount": accepted, "ReceivedDateTime": now, "ActualArrivalDateTime": now}
    world.change("deliveries", delivery["Id"], **counts)


def _accept(world: World, transfer: dict, delivery: dict, row: dict, decision: dict) -> None:
    """The same tag becomes a row of the recipient's; the shipper's own is gone, with nothing in it."""
    received = decision.get("received")
    quantity = float(row["ShippedQuantity"] if received is None else units.exact(received))
    licence, shipped = delivery["RecipientFacilityLicenseNumber"], _given(world, row)
    again = next((one for one in world.rows("packages") if _is(one, licence, row["PackageLabel"])), None)
    number = again["Id"] if again else next_id(world)
    arrived = {
        **shipped,
        "Id": number,
        "Quantity": quantity,
        "IsOnHold": False,
        "ReceivedDateTime": stamp(world.now()),
        "ReceivedFromManifestNumber": transfer["ManifestNumber"],
        "ReceivedFromFacilityLicenseNumber": transfer["ShipperFacilityLicenseNumber"],
        "ReceivedFromFacilityName": transfer["ShipperFacilityName"],
        "LastModified": stamp(world.now()),
        "_facility": licence,
        "_delivery": None,
        "_gone": False,
    }
    world.put("packages", number, arrived)
    told = {"ReceivedQuantity": quantity, "ReceivedUnitOfMeasureName": row["ShippedUnitOfMeasureName"]}
    price = {"_receiverPrice": decision.get("price", row["_price"])}
    world.change("deliveryPackages", row["_id"], ShipmentPackageState="Accepted", **told, **price)


def _given(world: World, row: dict) -> dict:
    """The shipper's row, emptied; of goods from outside the system there was none."""
    if row["PackageId"]:
        return world.change("packages", row["PackageId"], Quantity=0.0, _gone=True)
    same = {"Label": row["PackageLabel"], "Item": {"Name": row["ItemName"]}, "ExternalId": row["ExternalId"]}
    return same | {"UnitOfMeasureName": row["ShippedUnitOfMeasureName"], "PackagedDate": row["PackagedDate"]}


def _is(package: dict, licence: str, label: str) -> bool:
    return package["_facility"] == licence and package["Label"] == label


def _counted(world: World, transfer: dict) -> dict:
    deliveries = [world.get("deliveries", id) for id in transfer["_deliveries"]]
    received = [delivery for delivery in deliveries if delivery["ReceivedDateTime"]]
    whole = len(received) == len(deliveries)
    return world.change(
        "transfers",
        transfer["Id"],
        ReceivedDeliveryCount=len(received),
        ReceivedPackageCount=sum(delivery["DeliveryReceivedPackageCount"] for delivery in received),
        ReceivedDateTime=received[-1]["ReceivedDateTime"] if whole else None,
        ActualArrivalDateTime=received[-1]["ReceivedDateTime"] if whole else None,
    )
