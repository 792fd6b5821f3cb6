"""Finding figures with a unit in a folded name: `3.5g`, `1/2 gram`, `5 x .5g`, `pack of 6`, `half ounce`."""

import re
from fractions import Fraction
from functools import lru_cache

from .units import GRAM, OUNCE, PARTS, SIZES, UNITS

# Wide on purpose and fast; `_figure` says which of the finds are figures.
FIGURE = re.compile(
    r"(?:(\d+)\s?x\s?(?=[.\d]))?((?:\d+[ -](?=\d+/))?[.\d][\d./,]*)(?:[\s-]?(fl\.?\s?oz(?![a-z])|[a-z]+)|\s?('?['\"]))"
)
SPELLED = re.compile(
    r"\b(?:pack|box|case|set|bag) of (\d+)\b|(?<![\w.-])x\s?(\d{1,2})(?![\w./])"
    r"|(?<![\w/.])(?:(half|quarter|eighth)[\s-](ounce|oz|gram|g)|(eighth|1/8|quarter|ounce|oz))(?![\w/])"
)
CODE_ENDS = frozenset({"l", "pc", "pcs", "x", "v", "w"})  # after a hyphen they end a model number, not a size
Found = tuple[str, int]


def scan(folded: str) -> tuple[list[Found], str]:
    """All figures as (family, thousandths of the family's own unit), and the name without its sizes."""
    found: list[Found] = []
    rest, at = [], 0
    for match in FIGURE.finditer(folded):
        times, number, unit, mark = match.groups()
        figure = _figure(number, unit or mark)
        begins, ends = match.span()
        if not figure or _inside(folded, begins, ends, unit):
            continue
        if times:  # each and all, so that nothing is left to guess
            found += [("count", int(times) * 1000), (figure[0], figure[1] * int(times))]
        found.append(figure)
        if figure[0] in SIZES:
            rest.append(folded[at:begins])
            at = ends
    left = " ".join((*rest, folded[at:])) if at else folded
    return _spelled(found, left)


def _inside(folded: str, begins: int, ends: int, unit: str) -> bool:
    """True in the middle of a word, a code or a range: `ab3g`, `3g5`, `f/3.5-5.6g`, `nb-5l`, `cli-8pc`."""
    if folded[ends : ends + 1].isalnum():
        return True
    before = folded[begins - 1] if begins else " "
    if before == "-":
        return unit in CODE_ENDS or (begins > 1 and folded[begins - 2].isdigit())
    return before.isalnum() or before in "/."


def _spelled(found: list[Found], text: str) -> tuple[list[Found], str]:
    match = SPELLED.search(text)
    while match:
        pack, by, part, whole, alone = match.groups()
        if pack or by:
            found += _each(found, int(by)) if by else []
            found.append(("count", int(pack or by) * 1000))
        else:
            whole_size = GRAM if whole and whole.startswith("g") else OUNCE
            found.append(("mass", int(PARTS.get(part or alone, 1) * whole_size * 1000)))
        text = f"{text[: match.start()]} {text[match.end() :]}"
        match = SPELLED.search(text)
    return found, text


def _each(found: list[Found], times: int) -> list[Found]:
    """`.5g x 5` states what each holds: the total is no guess."""
    return [(family, figure * times) for family, figure in found if family in SIZES and family != "count"]


@lru_cache(maxsize=65536)
def _figure(number: str, unit: str) -> Found | None:
    family, size = UNITS.get(unit.replace(".", "").replace(" ", ""), (None, 0))
    figure = value(number) if family else None
    return (family, round(figure * size * 1000)) if family and figure else None


def value(number: str) -> Fraction | None:
    """`3.5`, `.5`, `1/2`, `22-1/2`, `1,000`; None for what only looks like a number (`1.2.3`, `1/0`)."""
    whole, _, part = number.rstrip(".,/").replace(",", "").replace("-", " ").rpartition(" ")
    try:
        return Fraction(whole or 0) + Fraction(f"0{part}" if part.startswith(".") else part)
    except (ValueError, ZeroDivisionError):
        return None
