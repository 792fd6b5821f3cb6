"""Calls that no state publishes today, for a world whose state does: its profile's `publishes` names them, as
`{"accept": "POST /transfers/v2/incoming/receive"}`. Everywhere else these paths are 404 like any invented one.

`accept` takes `[{"ShipmentDeliveryId", "Packages": [{"PackageLabel", "ShipmentPackageState", "ReceivedQuantity"}]}]`,
`register` takes `[{"TransferTemplateId"}]`; both do what a person's press at the web site does.
"""

from collections.abc import Callable

from apps.sandbox.wire import Answer
from apps.sandbox.world import World

from . import receiving, registering
from .ask import Ask, Refused, done
from .doors import CHANGE, MANAGE, Door


def find(world: World, licence: str | None, method: str, path: str) -> Door | None:
    """The door that the licence's own state publishes."""
    facility = world.get("facilities", licence)
    profile = world.get("states", facility["_state"]) if facility else {}
    for name, call in (profile.get("publishes") or {}).items():
        if call == f"{method} {path.rstrip('/')}":
            return DOORS[name]
    return None


def _accept(ask: Ask) -> Answer:
    return _each(ask, "transfer.accept", _received)


def _register(ask: Ask) -> Answer:
    return _each(ask, "transfer.register", _registered)


def _each(ask: Ask, kind: str, act: Callable[[Ask, dict], dict]) -> Answer:
    ids = []
    for row in ask.rows():
        made = act(ask, row)
        ids.append(made["Id"])
        ask.ledger.accept(kind, at=ask.world.now(), licence=ask.licence, id=made["Id"], note=made["ManifestNumber"])
    return done(ids)


def _received(ask: Ask, row: dict) -> dict:
    delivery = ask.world.get("deliveries", row.get("ShipmentDeliveryId"))
    if delivery is None or delivery["RecipientFacilityLicenseNumber"] != ask.licence:
        raise Refused(f"Shipment Delivery '{row.get('ShipmentDeliveryId')}' was not found.")
    said = {"delivery": delivery["Id"], "packages": row.get("Packages") or []}
    return receiving.receive(ask.world, ask.world.get("transfers", delivery["_transfer"]), said)


def _registered(ask: Ask, row: dict) -> dict:
    template = ask.world.get("templates", row.get("TransferTemplateId"))
    if template is None or template["_facility"] != ask.licence:
        raise Refused(f"Transfer Template '{row.get('TransferTemplateId')}' was not found.")
    return registering.register(ask.world, template, {"user": "By a call"})


DOORS = {"accept": Door(_accept, MANAGE), "register": Door(_register, CHANGE)}
