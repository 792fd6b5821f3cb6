"""What staff weigh before they decide: what is left of each line for this order, the buyer's credit, the licence on the
day of delivery, and what is earned. Reads only; in the seller's scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import F, Sum

from apps.accounts.actions.licenses import license_for
from apps.accounts.rules import local_date
from apps.catalog.models import Reservation, ShelfLine, StockItem
from apps.core.scope import everyone
from apps.orders import rules
from apps.orders.models import Order, OrderLine
from apps.orders.rules import money
from apps.orders.rules.credit import Credit

from .credit import credit_for

UNDECIDED = (rules.State.PENDING, rules.State.REVIEW, rules.State.COUNTERED)


@dataclass(frozen=True)
class Weighed:
    """`left` is by line, empty once it is decided; `licence_until` None: there is none on that day; `margin` is a share
    of the goods' price, None where a cost is not known."""

    left: dict[UUID, Decimal]
    credit: Credit
    licence_until: date | None
    margin: Decimal | None


def weigh(order: Order, lines: list[OrderLine], now: datetime) -> Weighed:
    """A fixed number of queries, however many lines."""
    return Weighed(
        left=_left(order, lines) if order.state in UNDECIDED else {},
        credit=credit_for(seller=order.seller_id, buyer=order.buyer_id),
        licence_until=_licence_until(order, now),
        margin=_margin(order, lines),
    )


def _left(order: Order, lines: list[OrderLine]) -> dict[UUID, Decimal]:
    """What nobody else has a claim on: its own hold counts as there."""
    shelf = {row.pk: row.available for row in ShelfLine.objects.filter(pk__in=[line.shelf_line_id for line in lines])}
    own = Reservation.objects.standing().of(order.pk).values_list("shelf_line").annotate(Sum("quantity"))
    for shelf_line, quantity in own:
        shelf[shelf_line] = shelf.get(shelf_line, Decimal(0)) + quantity
    return {line.pk: max(shelf.get(line.shelf_line_id, Decimal(0)), Decimal(0)) for line in lines}


def _licence_until(order: Order, now: datetime) -> date | None:
    with everyone("an order needs the licence of the place it goes to"):
        found = license_for(order.location_id, local_date(order.deliver_zone, order.deliver_from or now))
    return found.valid_until_date if found else None


def _margin(order: Order, lines: Iterable[OrderLine]) -> Decimal | None:
    """By what the packages at the site cost, each product's weighed by quantity."""
    items = StockItem.objects.present().filter(location=order.ships_from_id, quantity__gt=0)
    known = items.filter(product__in=[line.product_id for line in lines]).exclude(unit_cost=None)
    rows = known.values_list("product").annotate(Sum("quantity"), cost=Sum(F("quantity") * F("unit_cost")))
    costs = {product: cost / quantity for product, quantity, cost in rows}
    goods = money.total(money.line_total(line.counts, line.price) for line in lines)
    if not goods or any(line.product_id not in costs for line in lines):
        return None
    return 1 - sum((line.counts * costs[line.product_id] for line in lines), Decimal(0)) / goods
