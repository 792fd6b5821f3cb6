"""Which brand a name speaks of: the brand column where there is one, else brands learned from how the names begin."""

from collections import Counter
from collections.abc import Iterable

from rapidfuzz.distance import OSA

from .text import SEPARATOR, fold, words
from .vocabulary import COLOURS, COMPANY, FILLER, FORM_OF

NONE = frozenset({"", "nobrand", "none", "na", "unknown", "unbranded", "generic"})
SEEN = 3  # so many names must begin with a word before it is taken for a brand
LEADS = 0.6  # and this share of the names that hold it
ENOUGH = 5000  # names to learn from
LONGEST = 3  # words in a brand


def key(brand: tuple[str, ...] | list[str]) -> str:
    """`Connected Cannabis Co.` and `Connected` are one brand, `TRU-Infusion` and `Tru Infusion` too."""
    kept = [word for word in brand if word not in COMPANY] or brand
    return "" if "".join(brand) in NONE else "".join(kept)


class Brands:
    """The brands of a list, by key; `columns` are brand columns, `names` folded names. Grows by `learn`."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.initials: dict[str, str] = {}
        self.spelled: dict[str, str] = {}
        self.columns: dict[str, str] = {}

    def learn(self, columns: Iterable[str], names: Iterable[str]) -> None:
        for column in {fold(column) for column in columns if column}:
            said = words(column)
            if known := key(said):
                self.keys.setdefault(known, known)
                self.initials.setdefault("".join(word[0] for word in said), known)
        if not self.keys:
            self.keys = {brand: brand for brand in _leading(list(names))}

    def called(self, column: str) -> str:
        """The brand that a brand column names; one not known stands for itself."""
        if column not in self.columns:
            said = words(fold(column))
            short = self.keys.get("".join(word[0] for word in said), "") if len(said) > 1 else ""
            self.columns[column] = self.resolve(key(said)) or short or key(said)
        return self.columns[column]

    def resolve(self, spelled: str) -> str:
        """The known brand behind a spelling: itself, its initials, or one slip of the pen; else empty."""
        if spelled in self.keys:
            return spelled
        if spelled not in self.spelled:
            self.spelled[spelled] = self.initials.get(spelled) or self._near(spelled)
        return self.spelled[spelled]

    def _near(self, spelled: str) -> str:
        if len(spelled) < 5:
            return ""
        near = [known for known in self.keys if OSA.distance(spelled, known, score_cutoff=1) <= 1]
        return near[0] if len(near) == 1 else ""

    def found(self, name: list[str]) -> tuple[str, int, int]:
        """The brand among a name's words, the longest and earliest: (brand, from, to), or ("", 0, 0)."""
        for length in range(min(LONGEST, len(name)), 0, -1):
            for at in range(len(name) - length + 1):
                known = self.keys.get("".join(name[at : at + length]))
                if known:
                    return known, at, at + length
        return "", 0, 0


def _leading(names: list[str]) -> list[str]:
    """Words, and first parts of at most three words, that many names begin with and few hold elsewhere."""
    names = names[:: max(1, len(names) // ENOUGH)]
    first: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for name in names:
        said = words(name)
        held.update({"".join(said[at : at + length]) for length in range(1, LONGEST + 1) for at in range(len(said))})
        part = words(SEPARATOR.split(name, maxsplit=1)[0])
        first.update({said[0] if said else "", key(part) if len(part) <= LONGEST else ""})
    often = max(SEEN, len(names) // 300)
    return [word for word, times in first.items() if times >= max(often, LEADS * held[word]) and _name_like(word)]


def _name_like(word: str) -> bool:
    return bool(word) and not (word in FORM_OF or word in COLOURS or word in FILLER or word[0].isdigit())
