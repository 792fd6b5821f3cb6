"""The transporter's side of transfers: what it carries, and where that is. Nothing here receives anything."""

from . import shapes
from .ask import Ask, done, refuse_rows
from .shapes import shown, stamp

ACTS = ("arrive", "checkin", "checkout", "depart")
DIRECTIONS = ("Outbound", "Return")


def listed(ask: Ask):
    """A row for each delivery that this licence carries for somebody."""
    rows = [row for row in ask.view.rows("deliveries") if _carries(row, ask.licence)]
    return ask.listed([_shown(ask, row) for row in rows])


def act(name: str):
    """Notes the moment on the delivery."""

    def answer(ask: Ask):
        rows = ask.rows()
        refuse_rows([(place, text) for place, row in enumerate(rows) if (text := _fault(ask, row))])
        for row in rows:
            id = row["ShipmentDeliveryId"]
            moments = ask.world.get("deliveries", id).get("_hub", {})
            ask.world.change("deliveries", id, _hub={**moments, name: stamp(ask.world.now())})
            ask.ledger.accept(f"hub.{name}", at=ask.world.now(), licence=ask.licence, id=id)
        return done()

    return answer


def _fault(ask: Ask, row: dict) -> str:
    delivery = ask.world.get("deliveries", row.get("ShipmentDeliveryId"))
    if delivery is None or not _carries(delivery, ask.licence):
        return f"Shipment Delivery '{row.get('ShipmentDeliveryId')}' was not found."
    return "" if row.get("TransporterDirection") in DIRECTIONS else "TransporterDirection was not specified."


def _carries(delivery: dict, licence: str) -> bool:
    return any(leg["TransporterFacilityLicenseNumber"] == licence for leg in delivery["_transporters"])


def _shown(ask: Ask, delivery: dict) -> dict:
    transfer, moments = ask.view.get("transfers", delivery["_transfer"]), delivery.get("_hub", {})
    told = {"TransporterAcceptedDateTime": moments.get("arrive"), "ActualDepartureDateTime": moments.get("depart")}
    return {**shown(transfer, shapes.TRANSFER), **told, "DeliveryId": delivery["Id"], "IsLayover": False}
