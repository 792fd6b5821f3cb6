"""From what the POS may send to what we keep, one column of a page at a time. Each function raises ValueError or
ArithmeticError when a value can't be kept; `explain` then finds the row and says why."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext
from functools import lru_cache

LIMIT = Decimal("99999999.9999")
STEP = Decimal("0.0001")
# In twelve digits a number over the limit can't be written with four decimals: rounding to them refuses it.
TWELVE_DIGITS = Context(prec=12)


def texts(column: Iterable[str | None]) -> list[str]:
    """Trimmed; nothing said is an empty text."""
    return [value.strip() if value else "" for value in column]


def numbers(column: Iterable[Decimal | None]) -> list[Decimal | None]:
    """Four decimals, from zero up to the limit. Infinity fails when rounded, NaN when compared."""
    with localcontext(TWELVE_DIGITS):
        tidied = [value if value is None else value.quantize(STEP) for value in column]
    if min(filter(None, tidied), default=0) < 0:
        raise ValueError("A number is below zero.")
    return tidied


def days(column: Iterable[str | None]) -> list[date | None]:
    """The days as written, whatever hour and zone stand behind them."""
    return [day(value) if value else None for value in column]


@lru_cache(5_000)  # a shelf's labels name few days, and each of them often
def day(text: str) -> date | None:
    """One day; .NET's year one means that nobody set it."""
    found = datetime.fromisoformat(text).date()
    return None if found.year == 1 else found


def moments(column: Iterable[datetime | None]) -> list[datetime | None]:
    """In UTC, which is what these fields mean where no zone is written."""
    return [None if value is None or value.year == 1 else _utc(value) for value in column]


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
