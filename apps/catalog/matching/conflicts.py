"""What forbids a pair, in words. Another weight, dose, volume, count or ratio is a veto no likeness outweighs."""

from .amounts import Amounts, Readings, overlap
from .said import Said
from .vocabulary import EATEN

UNITS = {"mass": (1_000_000, "g"), "dose": (1000, "mg"), "volume": (1000, "ml"), "count": (1000, "in the pack")}
ROUNDED = 0.07  # 14 and 14.7 megapixels are one figure


def veto(one: Said, other: Said) -> str:
    """What forbids that they are one product: mass, dose, volume, count, unit or ratio; empty when nothing does."""
    a, b = one.amounts, other.amounts
    if a.mass and b.mass and not overlap(a.mass, b.mass):
        return "mass"
    if a.count and b.count and a.count.isdisjoint(b.count):
        return "count"
    if a.dose and b.dose and not overlap(a.dose, b.dose):
        return "dose"
    if a.volume and b.volume and not overlap(a.volume, b.volume):
        return "volume"
    if one.ratio and other.ratio and one.ratio != other.ratio:
        return "ratio"
    return "unit" if _across(one, other) or _across(other, one) else ""


def _across(one: Said, other: Said) -> bool:
    """Grams here, milligrams there: one scale for what is inhaled; what is eaten has both a weight and a dose."""
    mass, dose = one.amounts.mass, other.amounts.dose
    if not (mass and dose) or one.amounts.dose or other.amounts.mass:
        return False
    if EATEN.isdisjoint(one.forms | other.forms):
        return not overlap(mass, dose)
    return not dose.isdisjoint({reading // 1000 for reading in mass})


def against(kind: str, one: Said, other: Said) -> str:
    """A veto in words: `3.5 g against 7 g`."""
    if kind == "ratio":
        return f"{' '.join(sorted(one.ratio))} against {' '.join(sorted(other.ratio))}"
    return " against ".join(_stated(kind, row.amounts) for row in (one, other))


def _stated(kind: str, amounts: Amounts) -> str:
    if kind == "unit":
        kind = "mass" if amounts.mass else "dose"
    return shown(kind, getattr(amounts, kind))


def sizes_agree(a: Amounts, b: Amounts) -> bool | None:
    """True: both state the same size without doubt, or neither any. None: one is silent, or only one reading agrees."""
    if a == b or not (a.sized or b.sized):
        return True
    stated = [(a.mass, b.mass), (a.dose, b.dose), (a.volume, b.volume), (a.mass, b.dose), (a.dose, b.mass)]
    both = [(mine, theirs) for mine, theirs in stated if mine and theirs]
    if not both:
        return True if a.count and a.count == b.count and not (a.measured or b.measured) else None
    return True if all(len(mine) == len(theirs) == 1 for mine, theirs in both) else None


def specs_agree(one: tuple, other: tuple) -> bool | None:
    """False when figures of a kind stated on both sides (inches, gigabytes) have none in common."""
    answer = None
    for family in {kind for kind, _ in one} & {kind for kind, _ in other}:
        mine = [value for kind, value in one if kind == family]
        theirs = [value for kind, value in other if kind == family]
        if not any(abs(a - b) <= ROUNDED * max(a, b) for a in mine for b in theirs):
            return False
        answer = True
    return answer


def shown(family: str, readings: Readings) -> str:
    size, unit = UNITS[family]
    return " or ".join(f"{reading / size:g}" for reading in sorted(readings)) + f" {unit}"
