"""Exact keys before names: a UPC or a SKU that stands once in each list, with care for what the rest of the row says."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from ..rules import gtin14
from .bands import AUTO, REVIEW, doubts
from .likeness import Likeness, compare
from .rarity import Rarity
from .said import Said

SHARED = 0.2  # words that a SKU's two rows share at least: short codes meet by chance
Keyed = tuple[Said, Said, Decimal, str, str, str]


def keyed(left: list[Said], right: list[Said], rarity: Rarity) -> Iterator[Keyed]:
    """Pairs by key: UPC first, for it is the maker's; a key that contradicts another, or the row, waits for a person."""
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
            yield one, other, *_told(tier, key, found, _contradicted(tier, one, other))


def _once(rows: list[Said], read) -> dict[str, Said]:
    """Rows by a key that no other row of the list carries: one carried twice proves nothing."""
    holders = defaultdict(list)
    for row in rows:
        if key := read(row):
            holders[key].append(row)
    return {key: held[0] for key, held in holders.items() if len(held) == 1}


def _contradicted(tier: str, one: Said, other: Said) -> str:
    if tier == "upc" and one.item.sku and other.item.sku and one.item.sku != other.item.sku:
        return ""  # two sellers number as they like; the maker's code stands above
    mine, theirs = gtin14(one.item.upc), gtin14(other.item.upc)
    return f"their UPCs differ: {mine} and {theirs}" if mine and theirs and mine != theirs else ""


def _told(tier: str, key: str, found: Likeness, contradicted: str) -> tuple[Decimal, str, str, str]:
    against = found.veto or contradicted or ("brands differ" if "brand" in doubts(found) and tier == "sku" else "")
    name = tier.upper()
    if against:
        return Decimal(50), tier, REVIEW, f"{name} {key} stands once in each list, but {against}."
    return Decimal(100), tier, AUTO, f"{name} {key} stands once in each list; nothing speaks against it."
