"""Exact keys before names: a UPC or a SKU that stands once in each list, with care for what else the row says."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from apps.catalog.rules import gtin14

from .bands import AUTO, REVIEW, doubts
from .conflicts import against
from .likeness import Likeness, compare
from .rarity import Rarity
from .said import Said

SHARED = 0.2  # words that a SKU's two rows share at least: short codes meet by chance
Keyed = tuple[Said, Said, Decimal, str, str, str]


def keyed(left: list[Said], right: list[Said], rarity: Rarity) -> Iterator[Keyed]:
    """Pairs by key, the UPC first, for it is the maker's; a key that contradicts the row waits for a person."""
    taken: set[str] = set()
    gone: set[str] = set()
    for tier, read in (("upc", lambda row: gtin14(row.item.upc)), ("sku", lambda row: row.item.sku.strip())):
        known = _once(right, read)
        for key, one in _once(left, read).items():
            other = known.get(key)
            if other is None or one.item.id in taken or other.item.id in gone:
                continue
            found = compare(one, other, 0.0, rarity)
            if tier == "sku" and (found.veto or found.shared < SHARED):
                continue
            taken.add(one.item.id)
            gone.add(other.item.id)
            yield one, other, *_told(tier, key, found, one, other)


def _once(rows: list[Said], read) -> dict[str, Said]:
    """Rows by a key that no other row of the list carries: one carried twice proves nothing."""
    holders = defaultdict(list)
    for row in rows:
        if key := read(row):
            holders[key].append(row)
    return {key: held[0] for key, held in holders.items() if len(held) == 1}


def _contradicted(one: Said, other: Said) -> str:
    mine, theirs = gtin14(one.item.upc), gtin14(other.item.upc)
    return f"UPC {mine} is not UPC {theirs}" if mine and theirs and mine != theirs else ""


def _told(tier: str, key: str, found: Likeness, one: Said, other: Said) -> tuple[Decimal, str, str, str]:
    forbidden = against(found.veto, one, other) if found.veto else ""
    brand = "brands differ" if tier == "sku" and "brand" in doubts(found) else ""
    doubt = forbidden or _contradicted(one, other) or brand
    name = tier.upper()
    if doubt:
        return Decimal(50), tier, REVIEW, f"{name} {key} stands once in each list, but {doubt}."
    return Decimal(100), tier, AUTO, f"{name} {key} stands once in each list; nothing speaks against it."
