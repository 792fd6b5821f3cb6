"""What one row says, heard once: brand, size, form, strain type, colours, codes and the words that are left."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from sys import intern

from .amounts import Amounts, read
from .amounts.units import UNITS
from .brands import Brands
from .text import SEPARATOR, fold, squeeze, words
from .vocabulary import COLOURS, COMPANY, FILLER, FORM_OF, SAME_COLOUR, STRAIN_TYPE, SYNONYM

PHRASES = re.compile(r"\bpre[ -](?=roll)|\ball[ -]in[ -]one\b")
RATIO = re.compile(r"(?<![\d:])\d{1,3}(?::\d{1,3})+(?![\d:])")
TYPE = re.compile(r"\(\s*(h|i|s|hybrid|indica|sativa)\s*\)|\b(indica|sativa|hybrid)\b")
CHUNK = re.compile(r"[^\s,()|;:\[\]]*\d[^\s,()|;:\[\]]*")
IDLE = FILLER | COMPANY
DIGIT = re.compile(r"\d")
DECIMAL = re.compile(r"\d\.\d")
CODE_LENGTH = 4
UNIT = "|".join(unit for unit in UNITS if unit.isalpha())
MEASURE = re.compile(rf"\d+x\d+\w?|\d+(?:[pi]|{UNIT})|\d{{1,2}}[a-z]{{3,}}")  # 1920x1080, 1080p, 10cup: no model
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list, as it came. All but id and name may be empty."""

    id: str
    name: str
    brand: str = ""
    price: Decimal | None = None
    size: str = ""
    upc: str = ""
    sku: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says. `text` is its name folded, without size and strain type, `story` its description."""

    item: Item
    text: str
    squeezed: str
    story: str
    squeezed_story: str
    brand: str
    amounts: Amounts
    forms: frozenset[str]
    strain_type: str
    ratio: frozenset[str]
    colours: frozenset[str]
    codes: tuple[str, ...]
    words: tuple[str, ...]


def hear(item: Item, brands: Brands) -> Said:
    folded = fold(item.name)
    if "pre" in folded or "all" in folded:
        folded = PHRASES.sub(lambda match: "aio" if match[0][0] == "a" else "pre", folded)
    amounts, text = read(f"{folded} | {fold(item.size)}" if item.size else folded)
    strain_type, text = _strain_type(text)
    said = words(text)
    brand, begins, ends = _brand(item, text, said, brands)
    story = fold(item.description) if item.description else ""
    return Said(
        item=item,
        text=text,
        squeezed="".join(said).replace(".", ""),
        story=story,
        squeezed_story=squeeze(story) if story else "",
        brand=brand,
        amounts=amounts,
        forms=_forms(tuple([word for word in said if word in FORM_OF])),
        strain_type=strain_type,
        ratio=frozenset(RATIO.findall(text)) if ":" in text else NOTHING,
        colours=_colours(said) or (_colours(words(story), most=1) if story else NOTHING),
        codes=codes(text) if DIGIT.search(text) else (),
        words=tuple([intern(SYNONYM.get(word, word)) for word in said[:begins] + said[ends:] if word not in IDLE]),
    )


@lru_cache(maxsize=4096)
def _forms(named: tuple[str, ...]) -> frozenset[str]:
    return frozenset(FORM_OF[word] for word in named)


def _strain_type(text: str) -> tuple[str, str]:
    found = TYPE.search(text)
    if not found:
        return "", text
    return STRAIN_TYPE[found[1] or found[2]], f"{text[: found.start()]} {text[found.end() :]}"


def _brand(item: Item, text: str, said: list[str], brands: Brands) -> tuple[str, int, int]:
    """The row's brand, and where its words stand in the name. The column says which, the name may say it otherwise."""
    found, begins, ends = brands.found(said)
    if item.brand:
        return brands.called(item.brand) or found, begins, ends
    if not found and brands.keys and (first := words(SEPARATOR.split(text, maxsplit=1)[0])):
        found = brands.resolve("".join(first))
        ends = len(first) if found else 0
    return found, begins, ends


def _colours(said: list[str], most: int = 9) -> frozenset[str]:
    """A story's colour counts where it names just one (`most`)."""
    found = frozenset([SAME_COLOUR.get(word, word) for word in said if word in COLOURS])
    return found if len(found) <= most else NOTHING


def codes(text: str) -> tuple[str, ...]:
    """Model numbers, squeezed: letters with digits, or four digits and more; `DVD-3800BDCI` as `dvd3800bdci`."""
    found = (squeeze(chunk) for chunk in CHUNK.findall(text) if not DECIMAL.search(chunk))
    return tuple(dict.fromkeys(code for code in found if len(code) >= CODE_LENGTH and not MEASURE.fullmatch(code)))
