"""A proposal as a redline: each line as it was and as it would be, with the totals, and what an answer would do."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter

from django.utils.translation import gettext as _

from apps.core.look.text import quantity as plain
from apps.core.look.text import span
from apps.orders.models import Order, OrderLine, Proposal
from apps.orders.rules import money, taxes

WAS, NOW = attrgetter("was_total"), attrgetter("total")


@dataclass(frozen=True)
class Change:
    """A line, its quantity and price as they would be, and whether each differs from what stands now."""

    line: OrderLine
    quantity: Decimal
    price: Decimal
    total: Decimal

    @property
    def was_quantity(self) -> Decimal:
        return self.line.counts

    @property
    def was_total(self) -> Decimal:
        return money.line_total(self.line.counts, self.line.price)

    @property
    def differs(self) -> bool:
        return (self.quantity, self.price) != (self.line.counts, self.line.price)


def redline(order: Order, lines: list[OrderLine], now: datetime) -> dict | None:
    """The open proposal with its changes; None where none is open."""
    proposal = order.proposals.filter(state=Proposal.State.OPEN).first()
    if proposal is None:
        return None
    changes = list(_changes(proposal, {str(line.pk): line for line in lines}))
    left = (proposal.until - now).total_seconds() if proposal.until else None
    return {
        "proposal": proposal,
        "changes": changes,
        "differ": sum(change.differs for change in changes),
        "less": proposal.total_before - proposal.total,
        "left": span(left) if left and left > 0 else "",
        "over": left is not None and left <= 0,
        "sums": list(_sums(changes)),
        "is_new": order.drafted_by == "wholesaler" and proposal.kind == Proposal.Kind.COUNTER,
    }


def _sums(changes: list[Change]):
    """Goods and each tax that is charged, as (name, was, now); nothing where no tax is."""
    was, now = ([(total(one), one.line.taxes) for one in changes] for total in (WAS, NOW))
    before = {(part.name, part.percent): part.amount for part in taxes.parts(was) if part.charged}
    after = {(part.name, part.percent): part.amount for part in taxes.parts(now) if part.charged}
    if not before:
        return
    yield _("Goods"), money.total(total for total, rates in was), money.total(total for total, rates in now)
    for name, percent in before:
        yield f"{name}, {plain(percent)}%", before[name, percent], after[name, percent]


def _changes(proposal: Proposal, lines: dict[str, OrderLine]):
    for row in proposal.lines:
        if line := lines.get(row["line"]):
            quantity, price = Decimal(row["quantity"]), Decimal(row["price"])
            yield Change(line, quantity, price, money.line_total(quantity, price))
