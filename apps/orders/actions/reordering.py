"""An order once more: what differs since then is told first, then its lines go into a new draft at today's prices."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from apps.catalog.models import ShelfLine
from apps.catalog.prices import Offer
from apps.core.errors import Refused
from apps.orders.models import Order, OrderLine
from apps.orders.rules import money

from .drafts import offered, prices_now


@dataclass(frozen=True)
class Again:
    """A line of then beside today. `shelf` None: not offered now. `quantity` is the nearest that can be ordered."""

    line: OrderLine
    shelf: ShelfLine | None
    offer: Offer | None

    @property
    def gone(self) -> bool:
        return self.shelf is None or self.offer is None

    @property
    def refused(self) -> Refused | None:
        return None if self.gone else self.offer.check(self.line.ordered)

    @property
    def quantity(self) -> Decimal:
        nearest = getattr(self.refused, "nearest", ())
        return nearest[-1] if nearest else self.line.ordered

    @property
    def price(self) -> Decimal | None:
        if self.gone:
            return None
        found = self.offer.price(self.quantity).unit_price
        return None if found is None else money.unit_price(found)

    @property
    def repriced(self) -> bool:
        return self.price is not None and self.price != self.line.price

    @property
    def short(self) -> bool:
        return not self.gone and self.shelf.available < self.quantity

    @property
    def changed(self) -> bool:
        return self.gone or self.repriced or self.short or self.quantity != self.line.ordered


def again(order: Order, lines: list[OrderLine], now: datetime) -> list[Again]:
    """A fixed number of queries, however many lines."""
    shelf, found = offered(order, [line.sku for line in lines]), prices_now(order, lines, now)
    return [Again(line, shelf.get(line.sku), found.get(line.product_id)) for line in lines]
