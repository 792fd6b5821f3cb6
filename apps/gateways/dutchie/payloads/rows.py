"""A page of rows, read: the good ones as values, the others each with its reasons, so that one bad row costs itself.

A row that looks, byte for byte, as it did when it was last kept means what it meant then: it isn't read again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct

from apps.gateways.dutchie.payloads.digest import LOOKS, fingerprint
from apps.gateways.dutchie.payloads.explain import explain
from apps.gateways.dutchie.payloads.reasons import Reason
from apps.gateways.dutchie.payloads.shape import Glance, Shape
from apps.gateways.dutchie.payloads.split import views

T = TypeVar("T", bound=Struct)
Row = Raw | bytes
UNSEEN = None, bytes(LOOKS)

NUL = b"\\u0000"
# What decoding and tidying raise on a row that can't be kept; RecursionError is a row of ten thousand brackets.
UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
AT_ONCE = 250  # rows decoded together; a bad one among them costs so many a second look


class Kept(NamedTuple):
    """What is remembered of rows: their keys by fingerprint, and by key the fingerprints of their words."""

    rows: Mapping[bytes, int] = MappingProxyType({})
    words: Mapping[int, bytes] = MappingProxyType({})


Known = Callable[[], Kept]  # asked once it is needed: who answers may take until then


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row set aside: its place on the page, its bytes as they came, everything that is wrong with it."""

    index: int
    raw: bytes
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A whole page: `good`, `moved`, `bad` and `same` together are all its rows, each in page order.

    `same` are the keys of rows whose fingerprints were known; of `moved` ones those of the words were, and only the
    amounts were read. `prints` tells by key both fingerprints, the row's and its words', of the rows that were read.
    """

    good: list[T]
    bad: list[BadRow]
    same: list[int]
    moved: list[Any]
    prints: dict[int, bytes]


def read_rows(body: bytes, shape: Shape[T], known: Known = Kept, glance: Glance[Any] | None = None) -> Read[T]:
    """`known` tells which rows needn't be read; of those whose words are known only the fields of `glance` are. Raises
    Unreachable for no JSON list."""
    raws = views(body)
    prints = list(map(fingerprint, raws))
    keys = list(map(known().rows.get, prints))
    same = [key for key in keys if key is not None]
    unread = [place for place, key in enumerate(keys) if key is None]
    seen = dict(_glanced_at(raws, unread, glance)) if glance else {}
    key, words = attrgetter(shape.key), known().words
    moved = {place: row for place, (row, looks) in seen.items() if words.get(key(row)) == looks}
    good, bad = _read(raws, [place for place in unread if place not in moved], shape)
    read = dict(good.values()) | moved
    if len({*same, *map(key, read.values())}) < len(same) + len(read):
        return read_rows(body, shape, glance=glance)  # one id twice: which row came first shows when all are read
    looks = {key(row): prints[place] + seen.get(place, UNSEEN)[1] for place, row in read.items()}
    return Read([row for _, row in good.values()], bad, same, list(moved.values()), looks)


def _glanced_at(raws: Sequence[Row], wanted: Sequence[int], glance: Glance[T]) -> Iterator[tuple[int, tuple[T, bytes]]]:
    """The place, what was glanced at and how the words look, of each wanted row that is not bad at a glance."""
    for places, chunk in _chunks(raws, wanted):
        for place, found in zip(places, _chunk(chunk, glance, lambda _: None), strict=True):
            if found:
                yield place, found


def _read(raws: Sequence[Row], wanted: Sequence[int], shape: Shape[T]) -> tuple[dict[int, tuple[int, T]], list[BadRow]]:
    """The rows at the `wanted` places: the good ones by key, with their places, and the bad ones."""
    good: dict[int, tuple[int, T]] = {}
    bad: list[BadRow] = []
    for places, chunk in _chunks(raws, wanted):
        for place, raw, found in zip(places, chunk, _chunk(chunk, shape, partial(_row, shape=shape)), strict=True):
            if isinstance(found, list):
                bad.append(BadRow(place, raw, found))
            elif good.setdefault(getattr(found, shape.key), (place, found))[0] != place:
                bad.append(BadRow(place, raw, [_repeated(shape)]))
    return good, bad


def _chunks(raws: Sequence[Row], wanted: Sequence[int]) -> Iterator[tuple[Sequence[int], list[bytes]]]:
    """The wanted places, so many at once, and the rows there."""
    for begin in range(0, len(wanted), AT_ONCE):
        places = wanted[begin : begin + AT_ONCE]
        yield places, [bytes(raws[place]) for place in places]


def _chunk(raws: list[bytes], shape: Shape[Any], alone: Callable[[bytes], Any]) -> Sequence[Any]:
    """Each row; the bad ones as `alone` tells of them: halved until they stand alone."""
    together = _all_at_once(raws, shape)
    if together is not None:
        return together
    if len(raws) == 1:
        return [alone(raws[0])]
    half = len(raws) // 2
    return [*_chunk(raws[:half], shape, alone), *_chunk(raws[half:], shape, alone)]


def _all_at_once(raws: list[bytes], shape: Shape[T]) -> list[T] | None:
    """The rows, or None when one of them needs a closer look."""
    body = b"[" + b",".join(raws) + b"]"
    if NUL in body:
        return None
    try:
        found = shape.read(shape.page.decode(body))
    except UNREADABLE:
        return None
    return found if len(found) == len(raws) else None


def _row(raw: bytes, shape: Shape[T]) -> T | list[Reason]:
    """The row, or all that is wrong with it. PostgreSQL refuses NUL in text, so those are looked at by hand."""
    try:
        [row] = shape.read([shape.one.decode(raw)])
    except UNREADABLE as trouble:
        return explain(raw, shape) or [Reason("row.unreadable", "", f"The row can't be read: {trouble}.")]
    return (NUL in raw and explain(raw, shape)) or row


def _repeated(shape: Shape[Any]) -> Reason:
    wire = next(each.wire for each in shape.fields if each.name == shape.key)
    return Reason("id.duplicate", wire, "An earlier row on this page has the same id.")
