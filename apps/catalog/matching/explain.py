"""Why, in words a person reads: what agrees, what differs, what one side leaves out."""

from .bands import Standing, doubts
from .codes import PART, STORY, WHOLE
from .conflicts import shown
from .likeness import Likeness
from .said import Said

CODE = {
    WHOLE: "the same model number",
    PART: "model numbers alike but for their end",
    STORY: "the model number stands in the description",
}
FAMILIES = ("mass", "dose", "volume", "count")
NEAR = 0.04  # of the score: a rival so close is told
DIFFERS = {
    "brand": "brands differ",
    "form": "forms differ",
    "strain_type": "strain types differ",
    "colour": "colours differ",
    "specs": "figures differ",
    "code": "model numbers differ",
    "price": "prices lie far apart",
}


def why(found: Likeness, one: Said, other: Said, standing: Standing) -> str:
    """One sentence, such as `Same brand Jeeter, 1 g, preroll; words agree 96; nothing speaks against it.`"""
    parts = [", ".join(_same(found, one, other)), f"words agree {round(100 * found.shared)}", _against(found)]
    if found.size is None:
        parts.append("only one side states the size, or one reading of it agrees")
    if standing.best < 2:
        parts.append("another row is nearer to one of them")
    elif standing.lead < NEAR:
        parts.append("another row is almost as near")
    if standing.brands > 1 and not found.brand:
        parts.append(f"{standing.brands} brands carry this name")
    text = "; ".join(part for part in parts if part)
    return text[0].upper() + text[1:] + "."


def _same(found: Likeness, one: Said, other: Said) -> list[str]:
    same = []
    if found.brand:
        same.append(f"same brand {one.item.brand or other.item.brand or one.brand.title()}")
    if found.size:
        same += _sizes(one, other)
    if found.form:
        same.append(" ".join(sorted(one.forms & other.forms)))
    if found.met in CODE:
        same.append(CODE[found.met])
    return same


def _sizes(one: Said, other: Said) -> list[str]:
    """The size of the row that states more of it."""
    stated = [
        [shown(family, getattr(row.amounts, family)) for family in FAMILIES if getattr(row.amounts, family)]
        for row in (one, other)
    ]
    return max(stated, key=len)


def _against(found: Likeness) -> str:
    differs = [DIFFERS[name] for name in doubts(found)]
    if found.left and found.right:
        differs.append(f"{_few(found.left)} here, {_few(found.right)} there")
    return ", ".join(differs) or "nothing speaks against it"


def _few(words: tuple[str, ...]) -> str:
    return " ".join(words[:4]) + (" …" if len(words) > 4 else "")
