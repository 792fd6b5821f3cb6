"""How alike two rows are, as named evidence: words, codes, brand, form and the rest, each a figure one can read."""

from dataclasses import dataclass
from functools import lru_cache

from .codes import agreement
from .conflicts import sizes_agree, specs_agree, veto
from .rarity import Rarity
from .said import Said

SHORTEST = 4  # letters in a word that may be misspelled, or stand inside the other's run of letters


@dataclass(slots=True)
class Likeness:
    """Evidence of one pair. None says that one side is silent.

    `text`: cosine of the letter triples. `shared`: the part of all words' weight that both hold; `held`: that of the
    shorter name. `code`, `met`: agreement of model numbers and how they meet. `price`: the lower over the higher.
    """

    text: float
    veto: str = ""
    shared: float = 0.0
    held: float = 0.0
    code: float = 0.0
    met: str = ""
    size: bool | None = None
    brand: bool | None = None
    form: bool | None = None
    strain_type: bool | None = None
    colour: bool | None = None
    specs: bool | None = None
    price: float = 1.0
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


def compare(one: Said, other: Said, cosine: float, rarity: Rarity) -> Likeness:
    found = Likeness(text=cosine, veto=veto(one, other))
    if found.veto:
        return found
    found.size = sizes_agree(one.amounts, other.amounts)
    found.brand = _agree(one.brand, other.brand)
    found.form = _meet(one.forms, other.forms)
    found.strain_type = _agree(one.strain_type, other.strain_type)
    found.colour = _meet(one.colours, other.colours)
    found.specs = specs_agree(one.amounts.specs, other.amounts.specs)
    if one.item.price and other.item.price:
        found.price = float(min(one.item.price, other.item.price) / max(one.item.price, other.item.price))
    found.code, found.met = agreement(one, other, rarity)
    _words(one, other, rarity, found)
    return found


def _agree(one: str, other: str) -> bool | None:
    return one == other if one and other else None


def _meet(one: frozenset[str], other: frozenset[str]) -> bool | None:
    return not one.isdisjoint(other) if one and other else None


def _words(one: Said, other: Said, rarity: Rarity, found: Likeness) -> None:
    """Words both hold, then those that are one slip apart, then those inside the other's run of letters."""
    mine, theirs = set(one.words), set(other.words)
    both = mine & theirs
    shared = sum(map(rarity, both))
    mine -= both
    theirs -= both
    if mine and theirs:
        shared += _slips(mine, theirs, rarity)
    shared += (_inside(mine, other.squeezed, rarity) + _inside(theirs, one.squeezed, rarity)) / 2
    alone, alone_there = sum(map(rarity, mine)), sum(map(rarity, theirs))
    whole, shorter = shared + alone + alone_there, shared + min(alone, alone_there)
    found.shared = shared / whole if whole else 1.0
    found.held = shared / shorter if shorter else 1.0
    found.left, found.right = tuple(sorted(mine)), tuple(sorted(theirs))


def _slips(mine: set[str], theirs: set[str], rarity: Rarity) -> float:
    """The weight of words that are the same but for a slip; they leave both sets."""
    shapes = {shape(word): word for word in theirs}
    shared = 0.0
    for word in sorted(mine):
        twin = shapes.pop(shape(word), None)
        if twin:
            mine.remove(word)
            theirs.remove(twin)
            shared += (rarity(word) + rarity(twin)) / 2
    return shared


def _inside(alone: set[str], letters: str, rarity: Rarity) -> float:
    """The weight of words that stand in the other's run of letters (`cush top`, `cushtop`); they leave the set."""
    inside = {word for word in alone if len(word) >= SHORTEST and word in letters}
    alone -= inside
    return sum(map(rarity, inside))


@lru_cache(maxsize=1 << 18)
def shape(word: str) -> str:
    """What a plural or letters that changed places leave alone; another letter never (`resin`, `rosin`)."""
    single = word[:-1] if word.endswith("s") else word
    return "".join(sorted(single)) if len(single) >= SHORTEST and single.isalpha() else single
