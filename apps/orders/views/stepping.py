"""The stepper and the timeline of an order's page: its events and the van's, in words, with icons."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from apps.core.look.states import look_of
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, TrackingEvent
from apps.orders.rules.steps import steps

DOTS = {"past": "done", "here": "at", "asks": "warn", "off": "bad", "later": ""}
ICONS = {
    "edit": "draft",
    "track": "truck",
    "dispute": "chat",
    "hold": "lock",
    "request_cancel": "question",
    "refuse_cancel": "check",
}
WORDS = {
    "edit": _("Draft opened"),
    "submit": _("Order submitted"),
    "propose": _("Order made for approval"),
    "claim": _("Review started"),
    "release": _("Review given back"),
    "accept": _("Order accepted"),
    "counter": _("Changes proposed"),
    "approve": _("Changes approved"),
    "decline": _("Changes declined"),
    "withdraw": _("Changes withdrawn"),
    "lapse": _("No answer came in time"),
    "reject": _("Order rejected"),
    "hold": _("Its goods came and are held"),
    "hold_expire": _("The hold ran out; its stock is free again"),
    "cancel": _("Order cancelled"),
    "request_cancel": _("Cancelling asked for"),
    "refuse_cancel": _("The order stands"),
    "amend": _("Amendment proposed"),
    "approve_amend": _("Amendment approved"),
    "decline_amend": _("Amendment declined"),
    "prepare": _("Preparing started"),
    "short_pick": _("Less was found than accepted"),
    "unprepare": _("Unpacked"),
    "manifest": _("Manifest filed"),
    "void_manifest": _("Manifest voided"),
    "ship": _("Order shipped"),
    "void_ship": _("Shipment taken back"),
    "deliver": _("Order delivered"),
    "refuse_all": _("All of it was refused"),
    "confirm": _("Receipt confirmed"),
    "dispute": _("Delivery disputed"),
    "resolve": _("Settlement proposed"),
    "settle": _("Settlement agreed"),
    "ask_return": _("Return asked for"),
    "answer_return": _("Return answered"),
    "backorder": _("Backorder opened"),
}


@dataclass(frozen=True)
class Told:
    """A line of the timeline. `quote` is what the person wrote."""

    icon: str
    what: str
    who: str
    at: datetime
    quote: str = ""


def stepper(order: Order, events: list[OrderEvent]) -> list[dict]:
    reached = {event.to_state: event.at for event in events if event.to_state != event.from_state}
    found = []
    for step in steps(order.state, reached):
        look = look_of(step.state, "order")
        word = _("Submitted") if step.state == rules.State.PENDING else look.word
        icon = "check" if step.kind == "past" else look.icon
        found.append({"word": word, "icon": icon, "dot": DOTS[step.kind], "kind": step.kind, "at": step.at})
    return found


def place_of(found: list[dict]) -> dict:
    """Where on the way: its number and word, for a phone's one line."""
    number = next((n for n, step in enumerate(found, 1) if step["kind"] in ("here", "asks", "off")), len(found))
    return {"n": number, "of": len(found), "word": found[number - 1]["word"]}


def timeline(order: Order, events: list[OrderEvent], track: list[TrackingEvent]) -> list[Told]:
    """Newest first. Of a draft only its opening is told, and a van's events in place of the moves that brought them."""
    told = [_event(order, event) for event in events if _is_told(event)]
    told += [Told("truck", one.get_kind_display(), one.by, one.at, one.text) for one in track]
    return sorted(told, key=lambda one: one.at)[::-1]  # of two at one moment the later one stands first


def _is_told(event: OrderEvent) -> bool:
    return event.action != "track" and (event.action != "edit" or event.version == 1)


def _event(order: Order, event: OrderEvent) -> Told:
    icon = ICONS.get(event.action) or (look_of(event.to_state, "order").icon if event.action in WORDS else "info")
    reason = event.reason or (rules.Why(event.reason_code).label if event.reason_code else "")
    return Told(icon, WORDS.get(event.action, event.action), _who(order, event), event.at, reason)


def _who(order: Order, event: OrderEvent) -> str:
    side = {rules.SELLER: order.seller_name, rules.BUYER: order.buyer_name}.get(event.side, "")
    return f"{event.actor_name}, {side}" if side else event.actor_name
