"""Matching by keys, on plain values: which of our products is this one of the POS's, and why."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MOST = Decimal("9999999999")  # a bound no true price or quantity comes near (CHECK in the database)
# The POS's words for METRC's units. Nothing is ever converted: what is counted in another unit can't be compared.
STATE_UNITS = {"": "Each", "ea": "Each", "each": "Each", "mg": "Milligrams", "milligrams": "Milligrams", "g": "Grams"}
STATE_UNITS |= {"grams": "Grams", "kg": "Kilograms", "kilograms": "Kilograms", "oz": "Ounces", "ounces": "Ounces"}
STATE_UNITS |= {"lb": "Pounds", "pounds": "Pounds"}
SAME_WEIGHT = Decimal("0.01")  # grams


class Form(TextChoices):
    JAR = "jar", _("Jar")
    ROLL = "roll", _("Roll")
    CART = "cart", _("Cartridge")
    VAPE = "vape", _("Disposable")
    GUMMY = "gummy", _("Gummy")
    BAR = "bar", _("Bar")
    CAN = "can", _("Can")
    PUCK = "puck", _("Puck")


class Method(TextChoices):
    LINK = "link", _("Stored link")
    SKU = "sku", _("SKU")
    UPC = "upc", _("UPC")
    ALIAS = "alias", _("Learned name")
    NAME = "name", _("Name")
    NEW = "new", _("New product")
    PERSON = "person", _("A person")
    REVIEW = "review", _("To review")


SOURCE = ("brand", "category", "strain", "strain_type", "size", "weight", "upc", "is_cannabis", "image_url")
FORM_WORDS = [
    (Form.ROLL, r"roll|blunt|joint|cannon"),
    (Form.VAPE, r"dispos|all.in.one|aio"),
    (Form.CART, r"cart|pod|vape"),
    (Form.GUMMY, r"gumm|edible|mint|chew|cafe"),
    (Form.BAR, r"choc|bar|cookie|cake"),
    (Form.CAN, r"drink|beverage|seltzer|tincture"),
    (Form.PUCK, r"concentrate|resin|rosin|wax|badder|shatter|rso|hash|topical"),
]


def form_of(category: str) -> str:
    """The drawing for a category's name; flower's jar where nothing fits."""
    return next((form for form, words in FORM_WORDS if re.search(words, category.lower())), Form.JAR)


@dataclass(frozen=True)
class Known:
    """One of our products, as the matcher sees it."""

    id: UUID
    name: str
    sku: str
    upc: str
    brand: str
    weight: Decimal | None


@dataclass(frozen=True)
class Incoming:
    """One product of the POS, as the matcher sees it. `upc` is normalised (`gtin14`)."""

    id: int
    name: str
    sku: str
    upc: str
    brand: str
    weight: Decimal | None


@dataclass(frozen=True)
class Decision:
    """`product` is None for a new product and for one that waits; `method` tells which.

    `candidates` are products of ours that it may be; `scored` adds to those of a name how like, and why.
    """

    method: str
    reason: str
    product: UUID | None = None
    score: Decimal | None = None
    candidates: tuple[UUID, ...] = ()
    scored: tuple[tuple[UUID, Decimal, str], ...] = ()


@dataclass
class Shelf:
    """Our products by key, and by the names people have taught. A SKU that two of them share is no key."""

    by_sku: dict[str, list[Known]] = field(default_factory=dict)
    by_upc: dict[str, list[Known]] = field(default_factory=dict)
    by_id: dict[UUID, Known] = field(default_factory=dict)
    aliases: dict[str, UUID] = field(default_factory=dict)

    def add(self, product: Known) -> None:
        self.by_id[product.id] = product
        if product.sku:
            self.by_sku.setdefault(product.sku, []).append(product)
        if product.upc:
            self.by_upc.setdefault(product.upc, []).append(product)

    def learned(self, row: Incoming) -> Known | None:
        """Ours of this very name, when a person has said so (`aliases`, by `name_key`)."""
        taught = self.aliases.get(name_key(row.brand, row.name))
        return self.by_id.get(taught) if taught else None


def match(
    row: Incoming,
    shelf: Shelf,
    shared_skus: frozenset[str] = frozenset(),
    shared_upcs: frozenset[str] = frozenset(),
    linked: frozenset[UUID] = frozenset(),
    rejected: frozenset[UUID] = frozenset(),
) -> Decision:
    """SKU, UPC, then learned name. Keys that contradict each other, or the brand or weight beside them, wait for staff.

    `shared_skus`, `shared_upcs`: keys that several products of this same tenant carry (it happens); they prove nothing.
    `linked`: products of ours that another product of this tenant is linked to already. `rejected`: ours that a person
    has said this one is not. A learned name settles a doubt that no other product of ours, UPC or weight raises.
    """
    by_sku = _but(rejected, shelf.by_sku.get(row.sku, [])) if row.sku else []
    by_upc = _but(rejected, shelf.by_upc.get(row.upc, [])) if row.upc else []
    found = {product.id: product for product in (*by_sku, *by_upc)}
    doubt = _crowded(row, shared_skus, shared_upcs) or (_doubt(row, by_sku, by_upc, linked) if found else "")
    if (doubt or not found) and (known := _learned(row, shelf, found, rejected)):
        return Decision(Method.ALIAS, f"A person has said that this name is {known.name}.", known.id, Decimal(100))
    if doubt:
        return Decision(Method.REVIEW, doubt, candidates=tuple(found))
    if not found:
        return Decision(Method.NEW, "No product of ours has this SKU or UPC.")
    (product,) = found.values()
    if by_sku:
        return Decision(Method.SKU, f"SKU {row.sku} is ours alone; brand and weight agree.", product.id, Decimal(100))
    return Decision(Method.UPC, f"UPC {row.upc} is ours alone; weight agrees.", product.id, Decimal(100))


def _but(rejected: frozenset[UUID], products: list[Known]) -> list[Known]:
    return [product for product in products if product.id not in rejected]


def _learned(row: Incoming, shelf: Shelf, found: dict[UUID, Known], rejected: frozenset[UUID]) -> Known | None:
    known = shelf.learned(row)
    if known is None or known.id in rejected or found.keys() - {known.id}:
        return None
    upcs_differ = row.upc and known.upc and row.upc != known.upc
    return None if upcs_differ or weights_differ(row.weight, known.weight) else known


def _crowded(row: Incoming, shared_skus: frozenset[str], shared_upcs: frozenset[str]) -> str:
    if row.sku in shared_skus:
        return f"Several products of this store carry SKU {row.sku}."
    if row.upc in shared_upcs:
        return f"Several products of this store carry UPC {row.upc}."
    return ""


def _doubt(row: Incoming, by_sku: list[Known], by_upc: list[Known], linked: frozenset[UUID]) -> str:
    """Why a person must look, in words; empty when nothing speaks against the match."""
    if len(by_sku) > 1:
        return f"{len(by_sku)} of our products have SKU {row.sku}."
    if len(by_upc) > 1:
        return f"{len(by_upc)} of our products have UPC {row.upc}."
    if by_sku and by_upc and by_sku[0].id != by_upc[0].id:
        return f"SKU {row.sku} is {by_sku[0].name}, but UPC {row.upc} is {by_upc[0].name}."
    product = (by_sku or by_upc)[0]
    if product.id in linked:
        return f"{product.name} is linked to another product of this store already."
    if row.upc and product.upc and row.upc != product.upc:
        return f"SKU {row.sku} agrees, but their UPC is {row.upc} and ours {product.upc}."
    return _conflict(row, product, brands=bool(by_sku))


def _conflict(row: Incoming, product: Known, *, brands: bool) -> str:
    if row.weight and product.weight and weights_differ(row.weight, product.weight):
        return f"The key agrees, but they write {plain(row.weight)} g and we {plain(product.weight)} g."
    if brands and row.brand and product.brand and brand_key(row.brand) != brand_key(product.brand):
        return f"SKU {row.sku} agrees, but their brand is {row.brand} and ours {product.brand}."
    return ""


def weights_differ(one: Decimal | None, other: Decimal | None) -> bool:
    """Both known, in grams, and not the same."""
    return bool(one and other and abs(one - other) > SAME_WEIGHT)


def name_key(brand: str, name: str) -> str:
    """What a learned name is kept under: brand and name, case, accents and spacing aside; every figure counts."""
    return f"{brand_key(_without_accents(brand))}|{' '.join(_without_accents(name).casefold().split())}"


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def brand_key(name: str) -> str:
    """Spelling aside: `TRU-Infusion` and `Tru Infusion` are one brand."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def gtin14(text: str | None) -> str:
    """A barcode as 14 digits when its check digit holds (GS1: UPC-A 12, EAN-13, EAN-8, GTIN-14), else empty."""
    digits = re.sub(r"[\s-]", "", text or "")
    if not digits.isascii() or not digits.isdigit() or len(digits) not in (8, 12, 13, 14) or not int(digits):
        return ""
    full = digits.zfill(14)
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(full[:13]))
    return full if (10 - total % 10) % 10 == int(full[13]) else ""


def plain(value: Decimal) -> str:
    """3.5000 as 3.5, without an exponent."""
    return f"{value.normalize():f}"


class Lab(Protocol):
    """One laboratory result, as a gateway tells it."""

    @property
    def test(self) -> str: ...
    @property
    def value(self) -> Decimal | None: ...
    @property
    def unit(self) -> str: ...


def potency(labs: Iterable[Lab]) -> tuple[Decimal | None, str]:
    """The figure a buyer compares: total THC, else THC, else THCA, with its unit; None where nothing was measured."""
    known = {_test_name(lab.test): lab for lab in labs if lab.value is not None}
    for words in ("total thc", "thc total", "totalthc", "thc", "d9 thc", "thca"):
        if words in known:
            return known[words].value, known[words].unit
    return None, ""


@lru_cache(1000)
def _test_name(text: str) -> str:
    """Case and punctuation aside. A laboratory's tests have few names, and each package has them all."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()
