"""Everything that is wrong with one row, field by field. Only rows that didn't read come here, so this may be slow."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from apps.gateways.dutchie.payloads import tidy
from apps.gateways.dutchie.payloads.reasons import Reason
from apps.gateways.dutchie.payloads.shape import LARGEST, MODIFIED, Field, Shape

SURROGATE = re.compile("[\ud800-\udfff]")
NAN = Decimal("NaN")


def explain(raw: bytes, shape: Shape[Any]) -> list[Reason]:
    """All reasons why `raw` can't be kept as a row of `shape`; an empty list when none is found."""
    try:
        row = json.loads(raw.decode(), parse_float=_number, parse_int=_number, parse_constant=_number)
    except UnicodeDecodeError:
        return [Reason("text.not_utf8", "", "The row holds bytes that aren't UTF-8 text.")]
    except (ValueError, RecursionError):
        return [Reason("row.not_json", "", "The row isn't JSON.")]
    if not isinstance(row, dict):
        return [Reason("row.not_an_object", "", "A row has to be an object with named fields.")]
    return list(dict.fromkeys([*_everywhere(row, ""), *_fields(row, shape, "")]))


def _number(text: str) -> int | Decimal:
    """A JSON number without passing through float; what no Decimal can hold is no number."""
    if len(text) < 20 and text.lstrip("-").isdigit():
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("Infinity")


def _everywhere(value: Any, path: str) -> Iterator[Reason]:
    """What makes the row no JSON, in whatever field it stands: NaN, Infinity, half of a surrogate pair."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _everywhere(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _everywhere(inner, f"{path}[{index}]")
    elif isinstance(value, Decimal) and not value.is_finite():
        yield _not_finite(path)
    elif isinstance(value, str) and SURROGATE.search(value):
        yield Reason("text.lone_surrogate", path, "The text holds half of a character.")


def _fields(row: dict[str, Any], shape: Shape[Any], path: str) -> Iterator[Reason]:
    for field in shape.fields:
        for name in MODIFIED.values() if field.kind is datetime else (field.wire,):
            value = row.get(name)
            if value is None:
                yield from _nothing(field, name in row, path + name)
            else:
                yield from _check(field)(field, value, path + name)


def _nothing(field: Field, sent: bool, where: str) -> Iterator[Reason]:
    if field.required and field.kind is int:
        yield Reason("id.missing", where, "The row doesn't say which one it is.")
    elif field.required:
        yield Reason("number.missing", where, "The number is missing.")
    elif sent and not field.nullable:
        yield Reason("flag.not_a_flag", where, "This has to be true or false.")


def _check(field: Field) -> Callable[[Field, Any, str], Iterator[Reason]]:
    return _list if field.inner else CHECKS[field.kind]


def _whole(field: Field, value: Any, where: str) -> Iterator[Reason]:
    if type(value) is not int:
        yield Reason("number.not_whole", where, "This has to be a whole number.")
    elif not (1 if field.required else -LARGEST) <= value <= LARGEST:
        yield Reason("number.out_of_range", where, "The number is outside of what an id can be.")


def _flag(field: Field, value: Any, where: str) -> Iterator[Reason]:
    if not isinstance(value, bool):
        yield Reason("flag.not_a_flag", where, "This has to be true or false.")


def _amount(field: Field, value: Any, where: str) -> Iterator[Reason]:
    try:
        amount = NAN if isinstance(value, bool) else Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        amount = None
    if amount is None or isinstance(value, bool):
        yield Reason("number.not_a_number", where, "This has to be a number.")
    elif not amount.is_finite():
        yield _not_finite(where)
    elif amount < 0:
        yield Reason("number.out_of_range", where, f"{_noun(where)} can't be below zero.")
    elif amount > tidy.LIMIT:
        yield Reason("number.out_of_range", where, f"{_noun(where)} can't be above {tidy.LIMIT:,}.")


def _text(field: Field, value: Any, where: str) -> Iterator[Reason]:
    if not isinstance(value, str):
        yield Reason("text.not_text", where, "This has to be text.")
        return
    if "\0" in value:
        yield Reason("text.nul", where, "The text holds a NUL character, which can't be stored.")
    if len(value) > field.longest:
        yield Reason("text.too_long", where, f"The text is longer than {field.longest:,} characters.")


def _day(field: Field, value: Any, where: str) -> Iterator[Reason]:
    try:
        readable = isinstance(value, str) and len(value) <= field.longest and (not value or tidy.day(value) or True)
    except ValueError:
        readable = False
    if not readable:
        yield Reason("date.unreadable", where, "This isn't a date.")


def _moment(field: Field, value: Any, where: str) -> Iterator[Reason]:
    try:
        tidy.moments([datetime.fromisoformat(value)])
    except (TypeError, ValueError, OverflowError):
        yield Reason("date.unreadable", where, "This isn't a date with a time.")


def _list(field: Field, value: Any, where: str) -> Iterator[Reason]:
    if not isinstance(value, list):
        yield Reason("list.not_a_list", where, "This has to be a list.")
        return
    for index, item in enumerate(value):
        if isinstance(item, dict):
            yield from _fields(item, field.inner, f"{where}[{index}].")
        else:
            yield Reason("list.not_an_object", f"{where}[{index}]", "Each item has to be an object with named fields.")


def _not_finite(where: str) -> Reason:
    return Reason("number.not_finite", where, "NaN and Infinity aren't numbers that can be kept.")


def _noun(where: str) -> str:
    low = where.lower()
    return "Prices" if "price" in low or "cost" in low else "Quantities" if "quantity" in low else "Numbers"


CHECKS: dict[Any, Callable[[Field, Any, str], Iterator[Reason]]] = {
    int: _whole,
    bool: _flag,
    Decimal: _amount,
    str: _text,
    date: _day,
    datetime: _moment,
}
