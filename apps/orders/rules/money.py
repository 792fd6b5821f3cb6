"""Money of an order: prices each at four decimals, lines at two, totals as exact sums of lines. Never a float.

A line is rounded once, half to even (the banker's way): half a cent goes up as often as down, so a thousand lines don't
drift by five dollars. PostgreSQL's numeric rounds half away from zero: amounts are therefore rounded here, kept as they
are, and only ever added up by the database.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal

CENT, UNIT = Decimal("0.01"), Decimal("0.0001")
NONE = Decimal("0.00")


def unit_price(amount: Decimal) -> Decimal:
    """A price each, at four decimals."""
    return amount.quantize(UNIT, ROUND_HALF_EVEN)


def less(price: Decimal, percent: Decimal) -> Decimal:
    """A price each after so many percent off."""
    return unit_price(price * (100 - percent) / 100)


def line_total(quantity: Decimal, price: Decimal) -> Decimal:
    """What a line costs, in cents, before tax; rounded here once. `price` is a price each at four decimals."""
    return (quantity * price).quantize(CENT, ROUND_HALF_EVEN)


def tax(amount: Decimal, percent: Decimal) -> Decimal:
    """So many percent of a line's total, in cents."""
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_EVEN)


def total(lines: Iterable[Decimal]) -> Decimal:
    """The exact sum of line totals."""
    return sum(lines, NONE)


def share(amount: Decimal, of: Decimal, whole: Decimal) -> Decimal:
    """The part of a line's total that `of` out of `whole` units cost, in cents; all of it for the whole line."""
    return amount if of == whole else (amount * of / whole).quantize(CENT, ROUND_HALF_EVEN)
