"""Promised goods that are no longer there: the POS said so after the promise. Shown and ranked, never cut silently."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Q, Sum

from apps.catalog.actions.reserving import as_seller
from apps.catalog.models import Reservation, ShelfLine
from apps.core.push import push
from apps.orders import rules
from apps.orders.models import Order, OrderLine, Shortfall

# Who gives way first: the newest that nobody has taken up; what is accepted last, what is being packed never.
RANK = {rules.State.PENDING: 0, rules.State.COUNTERED: 1, rules.State.REVIEW: 2, rules.State.ACCEPTED: 3}
WAYS_OUT = {
    rules.State.PENDING: "counter",
    rules.State.REVIEW: "counter",
    rules.State.ACCEPTED: "amend",
    rules.State.PREPARING: "short_pick",
}


@dataclass(frozen=True)
class Claim:
    """An order's part of a short shelf line: `there` is how much of it is left once those that rank before have theirs;
    `line` is the order's own."""

    order: Order
    line: OrderLine | None
    quantity: Decimal
    there: Decimal

    @property
    def covered(self) -> bool:
        return self.there >= self.quantity

    @property
    def way_out(self) -> str:
        """The verb that asks less of the shelf; empty where none does from here."""
        return WAYS_OUT.get(self.order.state, "")


def note_stock(*, seller: UUID, shelf_lines=None, products=None, location=None, now) -> int:
    """Open a shortfall for each line that promises more than it has, close those that are whole again; how many are
    open. Orders concerned are marked `short`."""
    with as_seller(seller):
        lines = ShelfLine.objects.filter(organization=seller)
        lines = lines.filter(pk__in=shelf_lines) if shelf_lines is not None else lines
        lines = lines.filter(location=location, product__in=products) if location else lines
        touched = list(lines.annotate(missing=F("held") + F("allocated") + F("leaving") - F("quantity")))
        short = [line for line in touched if line.missing > 0 and line.held + line.allocated > 0]
        whole = [line.pk for line in touched if line not in short]
        closed = Shortfall.objects.filter(shelf_line__in=whole, ended_at=None).update(ended_at=now)
        for line in short:
            Shortfall.objects.update_or_create(
                shelf_line=line,
                ended_at=None,
                defaults={"missing": line.missing},
                create_defaults={"organization_id": seller, "missing": line.missing, "began_at": now},
            )
        if short or closed:
            _mark(seller, [line.pk for line in touched])
            push(f"orders.{seller}", "shortfall.changed", open=len(short))
    return len(short)


def claims(shortfall: Shortfall) -> list[Claim]:
    """The orders that share the line, first those that keep their goods; the last ones go without."""
    line = shortfall.shelf_line
    rows = Reservation.objects.standing().filter(shelf_line=line).values("order").annotate(n=Sum("quantity"))
    amounts = {row["order"]: row["n"] for row in rows}
    orders = sorted(Order.objects.filter(pk__in=amounts).select_related("buyer"), key=_keeps_first)
    lines = {one.order_id: one for one in OrderLine.objects.filter(order__in=amounts, shelf_line=line)}
    left, found = line.quantity - line.leaving, []
    for order in orders:
        there = max(min(amounts[order.pk], left), Decimal(0))
        found.append(Claim(order, lines.get(order.pk), amounts[order.pk], there))
        left -= amounts[order.pk]
    return found


def _keeps_first(order: Order) -> tuple:
    return -RANK.get(order.state, 4), order.submitted_at or order.created_at


def _mark(seller: UUID, touched: list) -> None:
    """An order is short while something it was promised stands on a short shelf line."""
    open_lines = Shortfall.objects.filter(ended_at=None).values("shelf_line")
    concerned = Reservation.objects.standing().filter(organization=seller, shelf_line__in=open_lines).values("order")
    asks = OrderLine.objects.filter(shelf_line__in=touched).values("order")
    holds = Reservation.objects.standing().filter(shelf_line__in=touched).values("order")  # proposed goods too
    orders = Order.objects.filter(Q(pk__in=asks) | Q(pk__in=holds), seller=seller)
    orders.filter(pk__in=concerned, short=False).update(short=True)
    orders.exclude(pk__in=concerned).filter(short=True).update(short=False)
