"""The stepper and the timeline of an order's page: its events and the van's, in words, with icons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.core.look.states import look_of
from apps.core.look.text import window
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, TrackingEvent
from apps.orders.rules.steps import steps
from apps.orders.rules.story import HAPPENED, happened

DOTS = {"past": "done", "here": "at", "asks": "warn", "off": "bad", "later": ""}
ICONS = {
    "edit": "draft",
    "track": "truck",
    "dispute": "chat",
    "hold": "lock",
    "request_cancel": "question",
    "refuse_cancel": "check",
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
    icon = ICONS.get(event.action) or (look_of(event.to_state, "order").icon if event.action in HAPPENED else "info")
    reason = event.reason or (rules.Why(event.reason_code).label if event.reason_code else "")
    what = "; ".join([str(happened(event.action)), *_proposed(order, event.data)])
    return Told(icon, what, _who(order, event), event.at, reason)


def _proposed(order: Order, data: dict) -> Iterator[str]:
    """Goods that stand for others, and another delivery, of a change that was proposed or approved."""
    for swap in data.get("substitutes", ()):
        yield _("%(now)s in place of %(was)s") % swap
    if "deliver_from" in data:
        starts, ends = (parse_datetime(data[name]) for name in ("deliver_from", "deliver_until"))
        yield _("delivery %(slot)s") % {"slot": window(starts, ends, order.deliver_zone)}


def _who(order: Order, event: OrderEvent) -> str:
    side = {rules.SELLER: order.seller_name, rules.BUYER: order.buyer_name}.get(event.side, "")
    return f"{event.actor_name}, {side}" if side else event.actor_name
