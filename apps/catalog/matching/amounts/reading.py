"""From figures to totals. A lone mass or dose beside a pack may mean each or all: every reading that can be is kept."""

from dataclasses import dataclass
from functools import lru_cache

from .scan import scan

SAME = 0.02  # the trade's 28 g and the scale's 28.35 g are one ounce
# What one piece of a multipack holds, in thousandths of the unit: .15 to 1.25 g, 2 to 50 mg, 90 ml to 2 l.
EACH = {"mass": (150_000, 1_250_000), "dose": (2_000, 50_000), "volume": (90_000, 2_000_000)}
Readings = frozenset[int]
NOTHING: Readings = frozenset()


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals per product, in thousandths of the unit; an empty set says nothing. `specs`: other figures, sorted."""

    mass: Readings = NOTHING
    dose: Readings = NOTHING
    volume: Readings = NOTHING
    count: Readings = NOTHING
    specs: tuple[tuple[str, int], ...] = ()

    @property
    def measured(self) -> bool:
        return bool(self.mass or self.dose or self.volume)

    @property
    def sized(self) -> bool:
        return self.measured or bool(self.count)


SILENT = Amounts()


def read(folded: str) -> tuple[Amounts, str]:
    """What a folded name says about size, and the name without those words."""
    found, rest = scan(folded)
    return (_amounts(tuple(found)) if found else SILENT), rest


@lru_cache(maxsize=65536)
def _amounts(found: tuple) -> Amounts:
    stated = {family: tuple(dict.fromkeys(value for kind, value in found if kind == family)) for family, _ in found}
    counts = stated.get("count", ())
    count = counts[0] // 1000 if len(counts) == 1 else 0
    return Amounts(
        *(_totals(family, stated.get(family, ()), count) for family in ("mass", "dose", "volume")),
        count=frozenset(counts),
        specs=tuple(sorted(item for item in set(found) if item[0] not in ("mass", "dose", "volume", "count"))),
    )


def _totals(family: str, values: tuple[int, ...], count: int) -> Readings:
    if not values or count < 2:
        return frozenset(values)
    if len(values) > 1:
        whole = {total for each in values for total in values if total != each and same(each * count, total)}
        return frozenset(whole or values)
    (lone,) = values
    low, high = EACH.get(family, (0, 0))
    plausible = {total for total in (lone, lone * count) if low <= total / count <= high}
    return frozenset(plausible or {lone, lone * count})


def same(one: int, other: int) -> bool:
    return one == other or abs(one - other) <= SAME * max(one, other)


def overlap(one: Readings, other: Readings) -> bool:
    """True when some reading of one is a reading of the other."""
    return not one.isdisjoint(other) or any(same(a, b) for a in one for b in other)


def compatible(one: Amounts, other: Amounts) -> bool:
    """False when both state a mass, a dose, a volume or a count and no reading of one is a reading of the other."""
    return not (
        (one.mass and other.mass and not overlap(one.mass, other.mass))
        or (one.count and other.count and one.count.isdisjoint(other.count))
        or (one.dose and other.dose and not overlap(one.dose, other.dose))
        or (one.volume and other.volume and not overlap(one.volume, other.volume))
    )
