"""A page of rows, read: the good ones as values, the others each with its reasons, so that one bad row costs itself."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from apps.gateways.dutchie.payloads.explain import explain
from apps.gateways.dutchie.payloads.reasons import Reason
from apps.gateways.dutchie.payloads.shape import Shape
from apps.gateways.dutchie.payloads.split import split

T = TypeVar("T", bound=Struct)

NUL = b"\\u0000"
# What decoding and tidying raise on a row that can't be kept; RecursionError is a row of ten thousand brackets.
UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row set aside: its place on the page, its bytes as they came, everything that is wrong with it."""

    index: int
    raw: bytes
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """A whole page: `good` and `bad` together are all its rows, each in page order."""

    good: list[T]
    bad: list[BadRow]


def read_rows(body: bytes, shape: Shape[T]) -> Read[T]:
    """The page at once when all of it is sound, row by row otherwise. Raises Unreachable for no JSON list."""
    good = _all_at_once(body, shape)
    return Read(good, []) if good is not None else _one_by_one(split(body), shape)


def _all_at_once(body: bytes, shape: Shape[T]) -> list[T] | None:
    if NUL in body:
        return None
    try:
        good = shape.read(shape.page.decode(body))
    except UNREADABLE:
        return None
    return good if len(set(map(attrgetter(shape.key), good))) == len(good) else None


def _one_by_one(raws: list[bytes], shape: Shape[T]) -> Read[T]:
    good: dict[int, T] = {}
    bad: list[BadRow] = []
    for index, raw in enumerate(raws):
        found = _row(raw, shape)
        if isinstance(found, list):
            bad.append(BadRow(index, raw, found))
        elif good.setdefault(getattr(found, shape.key), found) is not found:
            bad.append(BadRow(index, raw, [_repeated(shape)]))
    return Read(list(good.values()), bad)


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
