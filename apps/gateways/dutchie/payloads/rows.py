"""A page of rows, read: the good ones as values, the others each with its reasons, so that one bad row costs itself.

A row that looks, byte for byte, as it did when it was last kept means what it meant then: it isn't read again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Raw, Struct

from apps.gateways.dutchie.payloads.digest import fingerprint
from apps.gateways.dutchie.payloads.explain import explain
from apps.gateways.dutchie.payloads.reasons import Reason
from apps.gateways.dutchie.payloads.shape import Shape
from apps.gateways.dutchie.payloads.split import views

T = TypeVar("T", bound=Struct)

NUL = b"\\u0000"
# What decoding and tidying raise on a row that can't be kept; RecursionError is a row of ten thousand brackets.
UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
AT_ONCE = 250  # rows decoded together; a bad one among them costs so many a second look
Known = Callable[[], Mapping[bytes, int]]  # asked once it is needed: who answers may take until then


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row set aside: its place on the page, its bytes as they came, everything that is wrong with it."""

    index: int
    raw: bytes
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A whole page: `good`, `bad` and `same` together are all its rows, `good` and `bad` in page order.

    `prints` are the fingerprints of the good ones, `same` the keys of rows whose fingerprints were known."""

    good: list[T]
    bad: list[BadRow]
    prints: list[bytes]
    same: list[int]


def read_rows(body: bytes, shape: Shape[T], known: Known = dict) -> Read[T]:
    """`known` tells, by fingerprint, the keys of rows that needn't be read. Raises Unreachable for no JSON list."""
    raws = views(body)
    prints = list(map(fingerprint, raws))
    keys = list(map(known().get, prints))
    same = [key for key in keys if key is not None]
    good, bad = _read(raws, [place for place, key in enumerate(keys) if key is None], shape)
    if len({*same, *good}) < len(same) + len(good):  # one id twice: which row came first shows when all are read
        same, (good, bad) = [], _read(raws, range(len(raws)), shape)
    return Read([row for _, row in good.values()], bad, [prints[place] for place, _ in good.values()], same)


def _read(
    raws: Sequence[Raw | bytes], wanted: Sequence[int], shape: Shape[T]
) -> tuple[dict[int, tuple[int, T]], list[BadRow]]:
    """The rows at the `wanted` places: the good ones by key, with their places, and the bad ones."""
    good: dict[int, tuple[int, T]] = {}
    bad: list[BadRow] = []
    for begin in range(0, len(wanted), AT_ONCE):
        places = wanted[begin : begin + AT_ONCE]
        chunk = [bytes(raws[place]) for place in places]
        for place, raw, found in zip(places, chunk, _chunk(chunk, shape), strict=True):
            if isinstance(found, list):
                bad.append(BadRow(place, raw, found))
            elif good.setdefault(getattr(found, shape.key), (place, found))[0] != place:
                bad.append(BadRow(place, raw, [_repeated(shape)]))
    return good, bad


def _chunk(raws: list[bytes], shape: Shape[T]) -> Sequence[T | list[Reason]]:
    """Each row, or what is wrong with it: halved until the bad ones stand alone."""
    together = _all_at_once(raws, shape)
    if together is not None:
        return together
    if len(raws) == 1:
        return [_row(raws[0], shape)]
    half = len(raws) // 2
    return [*_chunk(raws[:half], shape), *_chunk(raws[half:], shape)]


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
