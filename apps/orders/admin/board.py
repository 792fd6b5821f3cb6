"""The board: what waits at each state, the longest waiting first; and many orders accepted at once, after a dry run."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import actions, rules
from apps.orders.actions import Actor
from apps.orders.models import Order

S = rules.State
COLUMNS = [S.PENDING, S.REVIEW, S.COUNTERED, S.ACCEPTED, S.PREPARING, S.SHIPPED, S.DELIVERED]
A_COLUMN = 30


@dataclass(frozen=True)
class Card:
    order: Order
    waits: timedelta
    tone: str


@dataclass(frozen=True)
class Column:
    """`count` and `total` are of all of them; `cards` the first ones."""

    state: str
    word: str
    count: int
    total: object
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What accepting an order would do, or did."""

    order: Order
    done: bool
    why: str = ""


def columns(orders, now: datetime) -> list[Column]:
    """Two queries, and one a column that has orders."""
    counts = {row["state"]: row for row in orders.order_by().values("state").annotate(n=Count("pk"), sum=Sum("total"))}
    return [_column(orders, state, counts.get(state), now) for state in COLUMNS]


def _column(orders, state: str, counted: dict | None, now: datetime) -> Column:
    if not counted:
        return Column(state, S(state).label, 0, 0)
    rows = orders.filter(state=state).order_by("moved_at")[:A_COLUMN]
    cards = [Card(order, now - order.moved_at, order.pressing(now)) for order in rows]
    return Column(state, S(state).label, counted["n"], counted["sum"], cards)


def accept_all(orders: list[Order], by: Actor, now: datetime, *, dry: bool) -> list[Outcome]:
    """Accept each in a transaction of its own, who submitted first served first. A dry run does the same, together in
    one transaction that is taken back: what falls short there would fall short."""
    ordered = sorted(orders, key=lambda order: (order.submitted_at or order.created_at, order.number))
    if not dry:
        return [_accept(order, by, now) for order in ordered]
    with transaction.atomic():
        found = [_accept(order, by, now) for order in ordered]
        transaction.set_rollback(True)
    return found


def _accept(order: Order, by: Actor, now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            actions.transition(order=order, action="accept", by=by, now=now, version=order.version)
    except Refused as refused:
        return Outcome(order, False, refused.detail)
    except PermissionDenied:
        return Outcome(order, False, _("Your role does not allow this."))
    return Outcome(order, True)
