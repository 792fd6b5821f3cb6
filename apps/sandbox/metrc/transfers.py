"""Registered transfers as METRC lists them. Both sides see one; an incoming row is one delivery."""

from . import shapes
from .ask import Ask, Refused
from .shapes import shown
from .templates import transporter, transporter_details

WAYS = ("incoming", "outgoing", "rejected")


def listed(way: str):
    rows = {"incoming": _incoming, "outgoing": _outgoing, "rejected": _rejected}[way]
    return lambda ask: ask.listed(ask.ranged(rows(ask)), lambda row: shown(row, shapes.TRANSFER))


def deliveries(ask: Ask):
    """The shipper's own transfers; to the recipient, METRC was seen to answer nothing."""
    transfer = ask.view.get("transfers", ask.said["id"])
    if transfer is None or transfer["_facility"] not in ask.licences:
        raise Refused("Transfer was not found.", status=404)
    rows = [ask.view.get("deliveries", id) for id in transfer["_deliveries"]]
    return ask.listed(rows, lambda row: shown(row, shapes.DELIVERY))


def packages(ask: Ask):
    return ask.listed(_rows(ask), lambda row: shown(row, shapes.DELIVERY_PACKAGE))


def prices(ask: Ask):
    return ask.listed(_rows(ask), _price)


def transporters(ask: Ask):
    return ask.listed(_delivery(ask)["_transporters"], lambda leg: transporter(ask.view, leg))


def details(ask: Ask):
    return ask.listed(_delivery(ask)["_transporters"], transporter_details)


def visible(ask: Ask, transfer: dict) -> bool:
    return bool({transfer["_facility"], *transfer["_recipients"]} & set(ask.licences))


def packages_of(view, delivery: int) -> list[dict]:
    return [row for row in view.rows("deliveryPackages") if row["_delivery"] == delivery]


def _price(row: dict) -> dict:
    names = ("PackageId", "PackageLabel")
    prices = {"ShipperWholesalePrice": row["_price"], "ReceiverWholesalePrice": row.get("_receiverPrice")}
    return {name: row[name] for name in names} | prices


def _rows(ask: Ask) -> list[dict]:
    return packages_of(ask.view, _delivery(ask)["Id"])


def _delivery(ask: Ask) -> dict:
    delivery = ask.view.get("deliveries", ask.said["id"])
    if delivery is None or not visible(ask, ask.view.get("transfers", delivery["_transfer"])):
        raise Refused("Delivery was not found.", status=404)
    return delivery


def _outgoing(ask: Ask) -> list[dict]:
    return [row for row in ask.view.rows("transfers") if row["_facility"] == ask.licence]


def _rejected(ask: Ask) -> list[dict]:
    """Those with rejected packages that have not been taken back."""
    return [row for row in _outgoing(ask) if any(_turned_away(ask, id) for id in row["_deliveries"])]


def _turned_away(ask: Ask, delivery: int) -> bool:
    return any(row["ShipmentPackageState"] == "Rejected" for row in packages_of(ask.view, delivery))


def _incoming(ask: Ask) -> list[dict]:
    return [
        _with_delivery(transfer, ask.view.get("deliveries", id))
        for transfer in ask.view.rows("transfers")
        if ask.licence in transfer["_recipients"]
        for id in transfer["_deliveries"]
        if ask.view.get("deliveries", id)["RecipientFacilityLicenseNumber"] == ask.licence
    ]


def _with_delivery(transfer: dict, delivery: dict) -> dict:
    own = {name: value for name, value in delivery.items() if name in shapes.TRANSFER and name not in ("Id", "Name")}
    return {**transfer, **own, "DeliveryId": delivery["Id"]}
