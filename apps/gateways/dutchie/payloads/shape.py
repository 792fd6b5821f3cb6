"""How a row's own fields become the struct that msgspec decodes from the wire, and how one becomes the other.

The row says what we want (texts never None, days as days, numbers to four decimals); its wire twin, made here from
the same fields, says what the POS may send (nulls, timestamps). `Shape.read` is the hot path: every row goes through.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import chain
from operator import attrgetter, itemgetter
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Generic, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, Struct

from apps.gateways.dutchie.payloads import tidy

T = TypeVar("T", bound=Struct)
Tidy = Callable[[Iterable[Any]], Iterable[Any]]

LONGEST = MappingProxyType({"description": 20_000, "image_url": 2_000, "lab_url": 2_000, "name": 400, "sku": 100})
LONGEST_TEXT = 250
LARGEST = 2**63 - 1
WHOLE = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
IDENTITY = Annotated[int, Meta(ge=1, le=LARGEST)]
TIDY: Mapping[Any, Tidy] = {str: tidy.texts, Decimal: tidy.numbers, date: tidy.days, int: iter, bool: iter}
# The vendor spells it ...Utc on stock rows and ...UTC on products; both are read everywhere.
MODIFIED = {"modified_at": "lastModifiedDateUtc", "modified_at_": "lastModifiedDateUTC"}


class Field(Struct, frozen=True):
    """One field of a row: our name, the wire's, the kind of value, whether the POS must send it, whether null will
    do, what stands for nothing sent, and for a list the shape of its items."""

    name: str
    wire: str
    kind: Any
    required: bool
    nullable: bool
    default: Any
    inner: Any = None

    @property
    def longest(self) -> int:
        """How many characters a text may have here."""
        return LONGEST.get(self.name, LONGEST_TEXT)

    @property
    def wire_type(self) -> Any:
        """What msgspec accepts here."""
        sent = self._sent_as()
        return sent | None if self.nullable else sent

    def _sent_as(self) -> Any:
        if self.inner:
            return tuple[self.inner.wire, ...]
        if self.kind is int:
            return IDENTITY if self.required else WHOLE
        if self.kind in (str, date):
            return Annotated[str, Meta(max_length=self.longest)]
        return self.kind


def field_of(own: Any, hint: Any, wire: str, inner: Any) -> Field:
    """The Field for one of a row's own fields, from its annotation."""
    optional = isinstance(hint, UnionType)
    kind = get_args(hint)[0] if optional else hint
    nullable = optional or not (own.required or kind is bool)
    default = NODEFAULT if own.required else own.default if kind is bool else None
    return Field(own.name, wire, kind, own.required, nullable, default, inner)


def camel(name: str) -> str:
    """The vendor's spelling of one of our names: is_cannabis → isCannabis."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def getter(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """Gives the values under these names as a tuple, for one name too."""
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda wire: (get(wire),)


class Shape(Generic[T]):
    """How one kind of row is read: `row` the frozen Struct, `names` where ours differ from the vendor's camelCase,
    `key` the field that no two rows share, `inner` the shapes of what its lists hold."""

    def __init__(
        self, row: type[T], *, names: Mapping[str, str], key: str = "", inner: "Mapping[str, Shape[Any]] | None" = None
    ) -> None:
        self.row, self.key = row, key
        self.key_of: Callable[[T], int] = attrgetter(key) if key else id
        self.fields = self._fields(names, inner or {})
        self.wire = self._wire_twin()
        self.one = msgspec.json.Decoder(self.wire)
        self.page = msgspec.json.Decoder(list[self.wire])  # type: ignore[name-defined]
        self._groups = self._grouped()
        self._in_order = self._order()

    def read(self, wire: Any) -> T:
        """The row that `wire` means. Raises ValueError or ArithmeticError when a value can't be kept."""
        values = [*chain.from_iterable([tidied(get(wire)) for get, tidied in self._groups])]
        return self.row(*self._in_order(values))

    def _fields(self, names: Mapping[str, str], inner: "Mapping[str, Shape[Any]]") -> list[Field]:
        hints = get_type_hints(self.row)
        return [
            field_of(own, hints[own.name], names.get(own.name, camel(own.name)), inner.get(own.name))
            for own in msgspec.structs.fields(self.row)
        ]

    def _wire_twin(self) -> type[Struct]:
        parts = [(each.name, each.wire_type, each.default) for each in self.fields if each.kind is not datetime]
        wires = {each.name: each.wire for each in self.fields}
        if "modified_at" in wires:
            parts += [(name, datetime | None, None) for name in MODIFIED]
        return msgspec.defstruct(
            f"Sent{self.row.__name__}", parts, rename=wires | MODIFIED, gc=False, kw_only=True, frozen=True
        )

    def _named(self, kind: Any) -> list[str]:
        return [each.name for each in self.fields if each.kind is kind]

    def _grouped(self) -> list[tuple[Callable[[Any], tuple[Any, ...]], Tidy]]:
        groups = [(getter(self._named(kind)), tidied) for kind, tidied in TIDY.items() if self._named(kind)]
        groups += [(getter([each.name]), _many(each.inner.read)) for each in self.fields if each.inner]
        if self._named(datetime):
            groups.append((getter(list(MODIFIED)), tidy.moments))
        return groups

    def _order(self) -> Callable[[list[Any]], tuple[Any, ...]]:
        grouped = [name for kind in TIDY for name in self._named(kind)]
        grouped += [each.name for each in self.fields if each.inner] + self._named(datetime)
        return itemgetter(*[grouped.index(each.name) for each in self.fields])


def _many(read: Callable[[Any], Any]) -> Tidy:
    return lambda lists: [tuple(map(read, items)) if items else () for items in lists]
