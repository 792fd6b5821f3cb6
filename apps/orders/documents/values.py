"""A paper as plain values: whatever is on it is here as text, before anything is drawn."""

import unicodedata
from dataclasses import dataclass, field

PRINTED = "cp1252"  # what the fonts that every PDF reader has can show
INSTEAD = str.maketrans({"\N{MINUS SIGN}": "\N{EN DASH}", "\N{NARROW NO-BREAK SPACE}": " ", "Ł": "L", "ł": "l"})


@dataclass(frozen=True)
class Party:
    """Who stands at one end: `role` says which, `lines` are name, place and licence."""

    role: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """`share` of the width; numbers stand right."""

    title: str
    share: float
    number: bool = False


@dataclass(frozen=True)
class Sheet:
    """`sums` are (label, amount, is it the last); `mark` stands large over a paper that is not in force."""

    title: str
    number: str
    about: str
    parties: tuple[Party, ...]
    facts: list[tuple[str, str]]
    columns: tuple[Column, ...]
    rows: list[list[str]]
    sums: list[tuple[str, str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    mark: str = ""


def printable(text: str) -> tuple[str, bool]:
    """The text as the paper's font can show it, and whether a letter had to be given up: it is `?` then.

    Accents that the font lacks are left off.
    """
    text = text.translate(INSTEAD)
    shown = "".join(letter if _has(letter) else _plainer(letter) for letter in text)
    return shown, shown.count("?") > text.count("?")


def _has(letter: str) -> bool:
    return bool(letter.encode(PRINTED, errors="ignore"))


def _plainer(letter: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return base if base and all(map(_has, base)) else "?"
