"""What cancelling would do, told before it is done. Reads only; the confirmation carries the version it was read at."""

from dataclasses import dataclass
from decimal import Decimal

from apps.orders import rules
from apps.orders.models import Order, Proposal
from apps.orders.rules.terms import Due

ENDS_TOO = (rules.State.PENDING, rules.State.REVIEW, rules.State.COUNTERED)


@dataclass(frozen=True)
class Effects:
    """`units` go back to the seller's shelf, `credit` is free again; `proposal` is withdrawn; `backorders` end with it
    unless they are kept."""

    units: Decimal
    credit: Decimal
    proposal: bool
    backorders: list[str]


def of_cancelling(order: Order) -> Effects:
    held = order.state in (rules.State.ACCEPTED, rules.State.PREPARING) or not order.hold_expired
    on_terms = order.terms not in ("", Due.COD)
    counted = order.state in (rules.State.ACCEPTED, rules.State.PREPARING) and on_terms
    return Effects(
        units=order.units if held else Decimal(0),
        credit=order.total if counted else Decimal(0),
        proposal=order.proposals.filter(state=Proposal.State.OPEN).exists(),
        backorders=list(order.backorders.filter(state__in=ENDS_TOO).values_list("number", flat=True)),
    )
