"""What somebody may do with an order now, and in words why not the rest: for buttons, and for `GET transitions/`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.models import Order

from . import guards
from .actors import Actor
from .moving import may_try, refusal_of

SEEN_BEFORE: dict[str, Callable] = {  # guards that need no data: asked before the button is pressed
    "cancel": lambda order, by, now: (
        guards.before_cut_off(order, now) if by.side == rules.BUYER else None,
        guards.no_open_manifest(order),
    ),
    "claim": lambda order, by, now: guards.claimed_by_another(order, by, {}, now),
    "accept": lambda order, by, now: guards.claimed_by_another(order, by, {}, now),
    "counter": lambda order, by, now: guards.claimed_by_another(order, by, {}, now),
    "reject": lambda order, by, now: guards.claimed_by_another(order, by, {}, now),
    "unprepare": lambda order, by, now: guards.no_open_manifest(order),
    "short_pick": lambda order, by, now: (guards.no_open_manifest(order), guards.no_open_change(order)),
    "manifest": lambda order, by, now: (guards.no_open_manifest(order), guards.no_open_change(order)),
    "refuse_cancel": lambda order, by, now: guards.cancel_requested(order),
    "request_cancel": lambda order, by, now: guards.not_requested_yet(order),
    "withdraw": lambda order, by, now: guards.open_proposal(
        order, "COUNTER" if order.state == rules.State.COUNTERED else "AMEND"
    ),
    "amend": lambda order, by, now: guards.no_open_change(order),
    "prepare": lambda order, by, now: guards.no_open_change(order),
    "ship": lambda order, by, now: guards.no_open_change(order),
    "ask_return": lambda order, by, now: guards.returnable(order, now),
    "void_manifest": lambda order, by, now: guards.filed(order),
    "approve_amend": lambda order, by, now: (guards.open_proposal(order, "AMEND"), guards.no_open_manifest(order)),
    "decline_amend": lambda order, by, now: guards.open_proposal(order, "AMEND"),
    "settle": lambda order, by, now: guards.open_proposal(order, "SETTLE"),
    "resolve": lambda order, by, now: guards.disputed(order),
    "answer_return": lambda order, by, now: guards.return_asked(order),
    "confirm": lambda order, by, now: guards.no_dispute(order),
    "submit": lambda order, by, now: (guards.has_lines([None] * order.lines_count), guards.connected(order)),
    "propose": lambda order, by, now: (guards.has_lines([None] * order.lines_count), guards.connected(order)),
}


@dataclass(frozen=True)
class Choice:
    """A move: `words` for its button, `reason` why it is not allowed now (empty when it is), `code` the refusal's."""

    action: str
    words: str | Promise
    allowed: bool
    reason: str = ""
    code: str = ""


def choices(order: Order, by: Actor, now: datetime) -> list[Choice]:
    """Every move open to the actor's side, in the table's order. Writes nothing and locks nothing."""
    return [_choice(order, move, by, now) for move in rules.MOVES.values() if move.open_to(by.side)]


def _choice(order: Order, move: rules.Move, by: Actor, now: datetime) -> Choice:
    if not may_try(order, move, by):
        return Choice(move.action, move.words, False, _("Your role does not allow this."))
    try:
        if refused := refusal_of(order, move, by):
            raise refused
        SEEN_BEFORE.get(move.action, lambda *_: None)(order, by, now)
    except Refused as refused:
        return Choice(move.action, move.words, False, refused.detail, refused.code)
    return Choice(move.action, move.words, True)
