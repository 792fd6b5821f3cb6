"""How a row's own fields become the struct that msgspec decodes from the wire, and how one becomes the other.

The row says what we want (texts never None, days as days, numbers to four decimals); its wire twin, made here from
the same fields, says what the POS may send (nulls, timestamps). `Shape.read` is the hot path of every sync.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from operator import attrgetter
from types import MappingProxyType, UnionType
from typing import Annotated, Any, Generic, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import NODEFAULT, Meta, Raw, Struct
from msgspec.structs import astuple

from apps.gateways.dutchie.payloads import tidy
from apps.gateways.dutchie.payloads.digest import fingerprint

T = TypeVar("T", bound=Struct)
Tidy = Callable[[Iterable[Any]], Iterable[Any]]

LONGEST = MappingProxyType({"description": 20_000, "image_url": 2_000, "lab_url": 2_000, "name": 400, "sku": 100})
LONGEST_TEXT = 250
LARGEST = 2**63 - 1
WHOLE = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
IDENTITY = Annotated[int, Meta(ge=1, le=LARGEST)]
TIDY: Mapping[Any, Tidy] = {
    str: tidy.texts,
    Decimal: tidy.numbers,
    date: tidy.days,
    datetime: tidy.moments,
    int: iter,
    bool: iter,
}
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
            return tuple[self.inner.wire, ...]  # type: ignore[name-defined]
        if self.kind is int:
            return IDENTITY if self.required else WHOLE
        if self.kind in (str, date):
            return Annotated[str, Meta(max_length=self.longest)]
        return self.kind


class Shape(Generic[T]):
    """How one kind of row is read: `row` the frozen Struct, `names` where ours differ from the vendor's camelCase,
    `key` the field that no two rows share, `inner` the shapes of what its lists hold."""

    def __init__(
        self, row: type[T], *, names: Mapping[str, str], key: str = "", inner: "Mapping[str, Shape[Any]] | None" = None
    ) -> None:
        self.row, self.key = row, key
        self.fields = _fields(row, names, inner or {})
        self.wire = self._wire_twin()
        self.one = msgspec.json.Decoder(self.wire)
        self.page = msgspec.json.Decoder(list[self.wire])  # type: ignore[name-defined]
        self._columns = [(_taken(field), _tidied(field)) for field in self.fields]

    def read(self, sent: Sequence[Any]) -> list[T]:
        """The rows that these wire structs mean, read column by column. Raises ValueError or ArithmeticError when
        a value in them can't be kept."""
        return list(map(self.row, *(tidied(map(take, sent)) for take, tidied in self._columns)))

    def _wire_twin(self) -> type[Struct]:
        parts = [(each.name, each.wire_type, each.default) for each in self.fields]
        wires = {each.name: each.wire for each in self.fields}
        if "modified_at" in wires:
            parts.append(("modified_at_", datetime | None, None))
            wires |= MODIFIED
        return msgspec.defstruct(f"Sent{self.row.__name__}", parts, rename=wires, gc=False, kw_only=True, frozen=True)


class Glance(Shape[T]):
    """Rows of another shape of which only `row`'s fields are read. The others, words, are taken as the bytes they came
    in: `read` gives each row with a fingerprint of these."""

    def __init__(self, row: type[T], of: Shape[Any], **values: Any) -> None:
        names = {own.name for own in msgspec.structs.fields(row)}
        self._words = [field for field in of.fields if field.name not in names]
        super().__init__(row, key=of.key, **values)

    def read(self, sent: Sequence[Any]) -> list[tuple[T, bytes]]:  # type: ignore[override]
        """A field that was not sent is no bytes, and null are four."""
        words = slice(self.wire.__struct_fields__.index(self._words[0].name), None)
        looks = [fingerprint(b",".join(astuple(one)[words])) for one in sent]
        return list(zip(super().read(sent), looks, strict=True))

    def _wire_twin(self) -> type[Struct]:
        parts = [(field.name, Raw, Raw()) for field in self._words]
        wires = {field.name: field.wire for field in self._words}
        bases, name = (super()._wire_twin(),), f"Glance{self.row.__name__}"
        return msgspec.defstruct(name, parts, bases=bases, rename=wires, gc=False, kw_only=True, frozen=True)


def _fields(row: type[Struct], names: Mapping[str, str], inner: Mapping[str, Shape[Any]]) -> list[Field]:
    hints = get_type_hints(row)
    return [
        _field(own, hints[own.name], names.get(own.name, _camel(own.name)), inner.get(own.name))
        for own in msgspec.structs.fields(row)
    ]


def _field(own: Any, hint: Any, wire: str, inner: Any) -> Field:
    """The Field for one of a row's own fields, from its annotation."""
    optional = isinstance(hint, UnionType)
    kind = get_args(hint)[0] if optional else hint
    nullable = optional or not (own.required or kind is bool)
    default = NODEFAULT if own.required else own.default if kind is bool else None
    return Field(own.name, wire, kind, own.required, nullable, default, inner)


def _camel(name: str) -> str:
    """The vendor's spelling of one of our names: is_cannabis → isCannabis."""
    head, *rest = name.split("_")
    return head + "".join(word.title() for word in rest)


def _taken(field: Field) -> Callable[[Any], Any]:
    """How the field's value is taken out of a wire struct."""
    if field.kind is datetime:
        return lambda sent: sent.modified_at or sent.modified_at_
    return attrgetter(field.name)


def _tidied(field: Field) -> Tidy:
    return _lists_of(field.inner) if field.inner else TIDY[field.kind]


def _lists_of(inner: Shape[Any]) -> Tidy:
    """A column of lists: their items are read as one long column, then dealt out again."""

    def tidied(column: Iterable[Any]) -> list[tuple[Any, ...]]:
        lists = [items or () for items in column]
        items = iter(inner.read(list(chain.from_iterable(lists))))
        return [tuple(islice(items, len(each))) for each in lists]

    return tidied
