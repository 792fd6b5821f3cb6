"""A page of METRC's, read: the good rows as values, the others each with its reason, so that one costs only itself."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Generic, TypeVar, get_type_hints

import msgspec
from msgspec import Struct, structs

from apps.gateways.failures import Unreachable
from apps.gateways.metrc import SERVICE

T = TypeVar("T")
R = TypeVar("R", bound="Row")

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, ValueError, ArithmeticError, RecursionError)
LONGEST_REASON = 200
PLAIN = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)
LARGEST = Decimal("99999999.9999")


class Row(Struct, frozen=True, rename="pascal"):
    """A value of METRC's, its fields under METRC's names in our spelling. Moments end in UTC (without a zone they are
    taken for it), fields on `_local` without a zone; a number that can't be kept is a ValueError."""

    @classmethod
    @cache
    def days(cls) -> frozenset[str]:
        """The wire's names of the fields that are days."""
        hints = get_type_hints(cls)
        return frozenset(each.encode_name for each in structs.fields(cls) if hints[each.name] == date | None)

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                structs.force_setattr(
                    self, name, value.replace(tzinfo=None) if name.endswith("_local") else _utc(value)
                )
            if isinstance(value, Decimal) and not (value.is_finite() and abs(value) <= LARGEST):
                raise ValueError(f"{name} is no number that can be kept")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row set aside: its bytes as they came, and what is wrong with it."""

    raw: bytes
    reason: str


@dataclass(slots=True)
class Rows(Generic[T]):
    """What a list said, page after page: rows that could be read, rows that could not."""

    good: list[T] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)

    def __iter__(self) -> Iterator[T]:
        return iter(self.good)

    def __len__(self) -> int:
        return len(self.good)


class Envelope(Struct, rename="pascal"):
    """What stands around a page."""

    data: list[msgspec.Raw]
    total_pages: int | None = None
    total_records: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page as they came, how many pages there are, and how many rows on all of them. A bare list is
    all there is."""

    raws: list[bytes]
    pages: int = 1
    total: int | None = None


def read_page(body: bytes) -> Page:
    """A list of any of the shapes seen: an envelope, a bare array, an object with the keys "0", "1", … (a proxy's).
    Raises Unreachable for anything else, an empty body too: no answer must never be taken for an empty list."""
    try:
        try:
            return _page(body)
        except UNREADABLE:
            return _page(_mended(body))
    except UNREADABLE as trouble:
        raise Unreachable(SERVICE, "The answer isn't a list.") from trouble


def _page(body: bytes) -> Page:
    if body.lstrip().startswith(b"["):
        return Page(_bytes(msgspec.json.decode(body, type=list[msgspec.Raw])))
    said = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
    if said and all(name.isdecimal() for name in said):
        return Page(_bytes(said[name] for name in sorted(said, key=int)))
    envelope = msgspec.json.decode(body, type=Envelope)
    return Page(_bytes(envelope.data), envelope.total_pages or 1, envelope.total_records)


def _mended(body: bytes) -> bytes:
    """NaN, Infinity and half a surrogate are no JSON, but Python reads them: they become texts and escapes, so that the
    rows that hold them are set aside one by one. Raises ValueError for what is not even that."""
    return json.dumps(json.loads(body, parse_constant=str)).encode()


def read_row(raw: bytes, row: type[R]) -> R:
    """One row as this kind of value. Raises ValueError (or a msgspec error, which is one) for what can't be kept."""
    said = _tidied(PLAIN.decode(raw))
    for name in row.days() & said.keys():
        said[name] = _day(said[name])
    return msgspec.convert(said, row)


def read_object(body: bytes, row: type[R]) -> R:
    """An answer that is one row. Raises Unreachable where it isn't."""
    try:
        return read_row(body, row)
    except UNREADABLE as trouble:
        raise Unreachable(SERVICE, "The answer isn't what was asked for.") from trouble


def read_rows(raws: Iterable[bytes], row: type[R], into: Rows[R]) -> None:
    """Reads rows into `into`, the good ones and the bad ones."""
    for raw in raws:
        try:
            into.good.append(read_row(raw, row))
        except UNREADABLE as trouble:
            into.bad.append(BadRow(raw, str(trouble)[:LONGEST_REASON]))


def _bytes(raws: Iterable[msgspec.Raw]) -> list[bytes]:
    return [bytes(raw) for raw in raws]


def _tidied(value: Any) -> Any:
    """What METRC calls null falls to the value's own default, at any depth. NUL in a text is refused: PostgreSQL has
    no room for it."""
    if isinstance(value, dict):
        return {name: _tidied(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [_tidied(inner) for inner in value]
    if isinstance(value, str) and "\x00" in value:
        raise ValueError("A text holds the character NUL.")
    return value


def _day(text: Any) -> date | None:
    """The day as written, whatever hour and zone stand behind it; .NET's year one means that nobody set it."""
    day = date.fromisoformat(str(text)[:10])
    return None if day.year == 1 else day


def _utc(moment: datetime) -> datetime | None:
    if moment.year == 1:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
