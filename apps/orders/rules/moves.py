"""Every move an order can make: who, from where, to where (features §3.3). One row a move; guards stand with the verbs.

`to` is the state after it, the empty string where the verb stays where it is, and None where the verb decides.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .states import State

SELLER, BUYER, SYSTEM = "wholesaler", "retailer", "system"
S = State


@dataclass(frozen=True)
class Move:
    """`permissions` are by side, any one of a side's is enough; SYSTEM needs none. `words` stand on its button."""

    action: str
    source: frozenset[State]
    to: State | str | None
    permissions: dict[str, tuple[str, ...]]
    words: str | Promise
    decides: bool = False  # ends the seller's review: whoever comes second is told who was first
    needs_reason: bool = False

    def open_to(self, side: str) -> bool:
        return side in self.permissions


def _move(action, source, to, words, *, seller=(), buyer=(), system=False, **flags) -> Move:
    by = {SELLER: seller, BUYER: buyer, SYSTEM: ("system",) if system else ()}
    permissions = {side: (names,) if isinstance(names, str) else names for side, names in by.items() if names}
    return Move(action, frozenset(source), to, permissions, words, **flags)


DECIDE, FULFIL, SHIP, LEAD = "orders.decide", "orders.fulfil", "orders.ship", "orders.resolve_short"
BUY, APPROVE, RECEIVE = "orders.create", "orders.approve", "orders.receive"
WAITS = (S.PENDING, S.REVIEW)

TABLE = [
    _move("edit", [S.DRAFT], "", _("Change the draft"), seller="orders.create_for", buyer=BUY),
    _move("delete", [S.DRAFT], "", _("Delete the draft"), seller="orders.create_for", buyer=BUY),
    _move("submit", [S.DRAFT], S.PENDING, _("Submit"), buyer=(BUY, APPROVE)),
    _move("propose", [S.DRAFT], S.COUNTERED, _("Send for approval"), seller="orders.create_for"),
    _move("claim", [S.PENDING, S.REVIEW], S.REVIEW, _("Review"), seller=DECIDE),
    _move("release", [S.REVIEW], S.PENDING, _("Give back"), seller=DECIDE, system=True),
    _move("accept", WAITS, S.ACCEPTED, _("Accept"), seller=DECIDE, decides=True),
    _move("counter", WAITS, S.COUNTERED, _("Propose a change"), seller=DECIDE, decides=True, needs_reason=True),
    _move("approve", [S.COUNTERED], S.ACCEPTED, _("Approve the change"), buyer=(BUY, APPROVE)),
    _move("decline", [S.COUNTERED], None, _("Decline the change"), buyer=(BUY, APPROVE)),
    _move("withdraw", [S.COUNTERED, S.ACCEPTED, S.PREPARING], None, _("Withdraw the change"), seller=DECIDE),
    _move("lapse", [S.COUNTERED], None, _("The answer is overdue"), system=True),
    _move("reject", WAITS, S.REJECTED, _("Reject"), seller=DECIDE, decides=True, needs_reason=True),
    _move("hold", [S.PENDING], "", _("Its goods came"), system=True),
    _move("hold_expire", [S.PENDING], "", _("The hold ran out"), system=True),
    _move(
        "cancel",
        [S.PENDING, S.REVIEW, S.COUNTERED, S.ACCEPTED, S.PREPARING],
        S.CANCELLED,
        _("Cancel"),
        seller=DECIDE,
        buyer=(BUY, APPROVE),
        system=True,
    ),
    _move("request_cancel", [S.ACCEPTED, S.PREPARING], "", _("Ask to cancel"), buyer=(BUY, APPROVE), needs_reason=True),
    _move("refuse_cancel", [S.ACCEPTED, S.PREPARING], "", _("Keep the order"), seller=DECIDE, needs_reason=True),
    _move("amend", [S.ACCEPTED], "", _("Propose an amendment"), seller=DECIDE, needs_reason=True),
    _move("approve_amend", [S.ACCEPTED, S.PREPARING], "", _("Approve the amendment"), buyer=(BUY, APPROVE)),
    _move("decline_amend", [S.ACCEPTED, S.PREPARING], "", _("Decline the amendment"), buyer=(BUY, APPROVE)),
    _move("prepare", [S.ACCEPTED], S.PREPARING, _("Start preparing"), seller=FULFIL),
    _move("short_pick", [S.PREPARING], "", _("Short pick"), seller=FULFIL, needs_reason=True),
    _move("unprepare", [S.PREPARING], S.ACCEPTED, _("Unpack"), seller=LEAD),
    _move("manifest", [S.PREPARING], "", _("File the manifest"), seller=("compliance.manifest", SHIP)),
    _move("void_manifest", [S.PREPARING], "", _("Void the manifest"), seller="compliance.manifest"),
    _move("ship", [S.PREPARING], S.SHIPPED, _("Ship"), seller=SHIP),
    _move("track", [S.SHIPPED], "", _("Add tracking"), seller=("orders.deliver", SHIP), system=True),
    _move("void_ship", [S.SHIPPED], S.PREPARING, _("Void the shipment"), seller="compliance.manifest"),
    _move("deliver", [S.SHIPPED], S.DELIVERED, _("Delivered"), seller=("orders.deliver", SHIP), system=True),
    _move(
        "refuse_all",
        [S.SHIPPED],
        S.RETURNED,
        _("All of it was refused"),
        seller=("orders.deliver", SHIP),
        system=True,
        needs_reason=True,
    ),
    _move("confirm", [S.DELIVERED], S.CONFIRMED, _("Confirm receipt"), buyer=RECEIVE, system=True),
    _move("dispute", [S.DELIVERED], "", _("Dispute"), buyer=RECEIVE, needs_reason=True),
    _move("resolve", [S.DELIVERED], "", _("Propose a settlement"), seller=DECIDE, needs_reason=True),
    _move("settle", [S.DELIVERED], S.CONFIRMED, _("Agree to the settlement"), buyer=RECEIVE),
    _move("ask_return", [S.CONFIRMED], "", _("Ask to return goods"), buyer=RECEIVE, needs_reason=True),
    _move("answer_return", [S.CONFIRMED], "", _("Answer the return"), seller=DECIDE),
]
MOVES = {move.action: move for move in TABLE}


def moves_of(state: str, side: str) -> list[Move]:
    """What this side may think of doing in this state, in the table's order; guards may still say no."""
    return [move for move in TABLE if state in move.source and move.open_to(side)]
