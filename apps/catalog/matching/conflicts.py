"""What forbids a pair, in words. A different weight, dose, volume, count or ratio is a veto: no likeness outweighs it."""

from .amounts import Amounts, Readings, overlap
from .said import Said
from .vocabulary import EATEN

UNITS = {"mass": (1_000_000, "g"), "dose": (1000, "mg"), "volume": (1000, "ml"), "count": (1000, "in the pack")}
ROUNDED = 0.07  # 14 and 14.7 megapixels are one figure


def veto(one: Said, other: Said) -> str:
    """Why these two can't be one product; empty when nothing forbids it."""
    a, b = one.amounts, other.amounts
    for family in UNITS:
        mine, theirs = getattr(a, family), getattr(b, family)
        if mine and theirs and not (overlap(mine, theirs) if family != "count" else mine & theirs):
            return f"{shown(family, mine)} against {shown(family, theirs)}"
    if one.ratio and other.ratio and one.ratio != other.ratio:
        return f"{' '.join(sorted(one.ratio))} against {' '.join(sorted(other.ratio))}"
    if not (a.mass or b.mass):
        return ""
    eaten = not EATEN.isdisjoint(one.forms | other.forms)
    return _across(a, b, eaten) or _across(b, a, eaten)


def _across(a: Amounts, b: Amounts, eaten: bool) -> str:
    """Grams here, milligrams there: one scale for what is inhaled; for what is eaten, weight and dose are two things."""
    if not (a.mass and b.dose) or a.dose or b.mass:
        return ""
    clash = {mass // 1000 for mass in a.mass} & b.dose if eaten else not overlap(a.mass, b.dose)
    return f"{shown('mass', a.mass)} against {shown('dose', b.dose)}" if clash else ""


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
