"""From what the POS may send to what we keep. Every function takes the values of one kind, all at once, and raises
ValueError or ArithmeticError when one of them can't be kept: `explain` then says which and why."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

LIMIT = Decimal("99999999.9999")
STEP = Decimal("0.0001")


class OutOfRange(ValueError):
    """A number the row can't mean: below zero, or more than a hundred million."""


def texts(values: Iterable[str | None]) -> list[str]:
    """Trimmed; nothing said is an empty text."""
    return [value.strip() if value else "" for value in values]


def numbers(values: Iterable[Decimal | None]) -> list[Decimal | None]:
    """Four decimals, from zero to a hundred million. NaN raises ArithmeticError by itself when compared."""
    return [value if value is None else value.quantize(STEP) if 0 <= value <= LIMIT else _refuse() for value in values]


def days(values: Iterable[str | None]) -> list[date | None]:
    """The days as written, whatever hour and zone stand behind them."""
    return [day(value) if value else None for value in values]


def day(text: str) -> date | None:
    """One day; .NET's year one means that nobody set it."""
    found = datetime.fromisoformat(text).date()
    return None if found.year == 1 else found


def moments(values: Iterable[datetime | None]) -> list[datetime | None]:
    """One moment in UTC, out of the spellings a field has; without a zone these fields mean UTC."""
    value = next(filter(None, values), None)
    return [None if value is None or value.year == 1 else _utc(value)]


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _refuse() -> Decimal:
    raise OutOfRange
