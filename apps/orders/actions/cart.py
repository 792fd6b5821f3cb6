"""A draft as its maker sees it before checkout: each line beside today's price and stock, and all that stands against
submitting it. Reads only; the guards of `submit` decide."""

from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.models import ShelfLine
from apps.catalog.prices import Offer
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.models import Order, OrderLine
from apps.orders.rules import money, taxes
from apps.orders.rules.credit import Credit
from apps.orders.rules.slots import Slot
from apps.orders.rules.terms import Due, Terms

from . import guards
from .credit import credit_for
from .drafts import prices_now
from .slots import ends_of, slots_for
from .taxes import rates_now
from .terms import terms_for


@dataclass(frozen=True)
class Row:
    """A line, its offer today, what can still be had of it (None: unknown), and what is wrong with it, in words."""

    line: OrderLine
    offer: Offer
    available: Decimal | None
    price_now: Decimal | None
    taxes_now: list[dict]

    @property
    def changed(self) -> bool:
        return self.price_now is not None and self.price_now != self.line.price

    @property
    def total_now(self) -> Decimal:
        return money.line_total(self.line.ordered, self.price_now if self.changed else self.line.price)

    @property
    def taxed_anew(self) -> bool:
        return self.taxes_now != self.line.taxes

    @property
    def tax_now(self) -> Decimal:
        return taxes.charged(self.total_now, self.taxes_now)

    @property
    def short(self) -> bool:
        return self.available is not None and self.line.ordered > self.available

    @property
    def wrong(self) -> Refused | None:
        """The quantity rule that is broken, or None."""
        return self.offer.check(self.line.ordered)

    @property
    def nearest(self) -> tuple[Decimal, ...]:
        return getattr(self.wrong, "nearest", ())

    @property
    def step(self) -> Decimal:
        return self.offer.multiple or Decimal(1)

    @property
    def told(self) -> list[str]:
        found = [self.wrong.detail] if self.wrong else []
        if self.short:
            left = max(self.available, Decimal(0))
            words = {"n": plain(left), "product": self.line.name, "m": plain(self.line.ordered)}
            found.append(_("Only %(n)s of %(product)s left; you asked for %(m)s.") % words)
        return found


@dataclass(frozen=True)
class Cart:
    """`credit` None: nothing is owed for cash on delivery. `slots` empty: the seller has written no rounds."""

    order: Order
    rows: list[Row]
    terms: Terms
    credit: Credit
    slots: list[Slot]

    @property
    def total(self) -> Decimal:
        return self.order.total

    @property
    def total_now(self) -> Decimal:
        return money.total(row.total_now + row.tax_now for row in self.rows)

    @property
    def tax_now(self) -> Decimal:
        return money.total(row.tax_now for row in self.rows)

    @property
    def taxed_anew(self) -> bool:
        return any(row.taxed_anew for row in self.rows)

    @property
    def parts(self) -> list[taxes.Part]:
        return taxes.parts((row.line.total, row.line.taxes) for row in self.rows)

    @property
    def changed(self) -> list[Row]:
        return [row for row in self.rows if row.changed]

    @property
    def missing(self) -> Decimal:
        """What the order minimum still asks for."""
        return max(self.terms.order_minimum - self.order.subtotal, money.NONE)

    @property
    def after(self) -> Decimal:
        """Credit used with this order."""
        return self.credit.used + self.total

    @property
    def beyond(self) -> Refused | None:
        """The refusal of the credit limit, where payment is by terms."""
        return None if self.terms.payment is Due.COD else self.credit.check(self.total, self.order.currency)

    @property
    def open_slots(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.open]

    def against(self) -> list[tuple[str, str]]:
        """All that stands against submitting: (sentence, where on the page)."""
        found = [(text, f"line-{row.line.pk}") for row in self.rows for text in row.told]
        if self.changed:
            found.append((_("Prices changed since you added them. Accept the new prices first."), "prices"))
        if self.taxed_anew:
            found.append((_("Taxes changed since you added them. Accept the new ones first."), "prices"))
        if refused := self.terms.check_minimum(self.order.subtotal, self.order.currency):
            found.append((refused.detail, "minimum"))
        if self.beyond:
            found.append((self.beyond.detail, "credit"))
        if self.slots and not self.open_slots:
            found.append((_("No delivery slot is open in the next 14 days. Write to the wholesaler."), "slot"))
        found += [
            (refused.detail, where)
            for guard, where in ((self._connected, "lines"), (self._license, "delivery"))
            if (refused := guard())
        ]
        if not self.rows:
            found.append((_("Add a product first: this order has no lines."), "lines"))
        return found

    def _connected(self) -> Refused | None:
        return _refusal(guards.connected, self.order)

    def _license(self) -> Refused | None:
        first = self.open_slots[0].starts_at if self.open_slots else None
        return _refusal(guards.licenses, _on(self.order, first))


def cart(order: Order, lines: list[OrderLine], now: datetime) -> Cart:
    """A fixed number of queries, however many lines."""
    found = prices_now(order, lines, now)
    shelf = {one.pk: one for one in ShelfLine.objects.filter(pk__in=[line.shelf_line_id for line in lines])}
    taxed = rates_now(order, lines, now)
    rows = [_row(line, found[line.product_id], shelf.get(line.shelf_line_id), taxed[line.pk]) for line in lines]
    between = {"seller": order.seller_id, "buyer": order.buyer_id}
    agreed = terms_for(**between)
    credit = credit_for(**between, terms=agreed)
    slots = slots_for(**ends_of(order), now=now)
    return Cart(order, rows, agreed, credit, slots)


def _refusal(guard, order: Order) -> Refused | None:
    try:
        guard(order)
    except Refused as refused:
        return refused
    return None


def _row(line: OrderLine, offer: Offer, shelf: ShelfLine | None, taxed: list[dict]) -> Row:
    price = offer.price(line.ordered).unit_price
    available = None if shelf is None else shelf.available
    return Row(line, offer, available, None if price is None else money.unit_price(price), taxed)


def _on(order: Order, moment: datetime | None) -> Order:
    """The order as if it went out at that moment: licences are asked for that day."""
    planned = copy(order)
    planned.deliver_from = moment
    return planned
