"""A proposal as a redline: each line and the delivery as they are and as they would be, with the totals, and what an
answer would do."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from apps.catalog.models import Product
from apps.core.look.text import quantity as plain
from apps.core.look.text import span
from apps.orders.actions.proposing import as_proposed, delivered, goods_of
from apps.orders.models import Order, OrderLine, Proposal
from apps.orders.rules import money, taxes

WAS, NOW = ((attrgetter(total), attrgetter(line)) for total, line in (("was_total", "line"), ("total", "now")))


@dataclass(frozen=True)
class Change:
    """A line as it stands and `now`, as it would be; and whether the two differ."""

    line: OrderLine
    now: OrderLine

    @property
    def quantity(self) -> Decimal:
        return self.now.ordered

    @property
    def price(self) -> Decimal:
        return self.now.price

    @property
    def total(self) -> Decimal:
        return money.line_total(self.quantity, self.price)

    @property
    def more(self) -> Decimal:
        """Below 0 where the line would cost less."""
        return self.total - self.was_total

    @property
    def other_goods(self) -> bool:
        return self.now.product_id != self.line.product_id

    @property
    def was_quantity(self) -> Decimal:
        return self.line.counts

    @property
    def was_total(self) -> Decimal:
        return money.line_total(self.line.counts, self.line.price)

    @property
    def differs(self) -> bool:
        return self.other_goods or (self.quantity, self.price) != (self.line.counts, self.line.price)


def redline(order: Order, lines: list[OrderLine], now: datetime) -> dict | None:
    """The open proposal with its changes; None where none is open."""
    proposal = order.proposals.filter(state=Proposal.State.OPEN).first()
    if proposal is None:
        return None
    changes = _changes(proposal, lines)
    left = (proposal.until - now).total_seconds() if proposal.until else None
    return {
        "proposal": proposal,
        "changes": changes,
        "differ": sum(change.differs for change in changes),
        "less": proposal.total_before - proposal.total,
        "left": span(left) if left and left > 0 else "",
        "over": left is not None and left <= 0,
        "sums": list(_sums(changes)),
        "delivery": delivered(order, proposal),
        "is_new": order.drafted_by == "wholesaler" and proposal.kind == Proposal.Kind.COUNTER,
    }


def _sums(changes: list[Change]):
    """Goods and each tax that is charged, as (name, was, now); nothing where no tax is."""
    was, now = ([(total(one), line(one).taxes) for one in changes] for total, line in (WAS, NOW))
    before = {(part.name, part.percent): part.amount for part in taxes.parts(was) if part.charged}
    after = {(part.name, part.percent): part.amount for part in taxes.parts(now) if part.charged}
    if not (before or after):
        return
    yield _("Goods"), money.total(total for total, rates in was), money.total(total for total, rates in now)
    for name, percent in before | after:
        words = f"{name}, {plain(percent)}%"
        yield words, before.get((name, percent), money.NONE), after.get((name, percent), money.NONE)


def _changes(proposal: Proposal, lines: list[OrderLine]) -> list[Change]:
    """A substitute is drawn by what it is."""
    found = Product.objects.filter(pk__in=goods_of(proposal)).select_related("category")
    forms = {product.pk: product.category.form for product in found if product.category}
    by_id = {line.pk: line for line in lines}
    changes = [Change(by_id[line.pk], line) for line in as_proposed(lines, proposal.lines)]
    for change in changes:
        if change.other_goods:
            change.now.form = forms.get(change.now.product_id, "jar")
    return changes
