"""Model numbers: which chunks of a name are codes, and how a code stands in another row's name or description."""

import re
from itertools import accumulate
from string import ascii_lowercase

from rapidfuzz.distance import Levenshtein

from .rarity import Rarity
from .said import Said

WHOLE, PART, STORY = "whole", "part", "story"
SIBLINGS, STRANGERS = "siblings", "strangers"  # different codes of one scheme; codes of two schemes
TELLS = {WHOLE: 1.0, PART: 0.65, STORY: 0.6}  # a story may name what a thing fits, not what it is
MEETS = 0.3
SIBLING = 0.6  # so alike are two codes of one scheme
TAIL = 4  # letters at a code's end that may say colour or region
TOKEN = re.compile(r"[a-z0-9]+")


def agreement(one: Said, other: Said, rarity: Rarity) -> tuple[float, str]:
    """The best agreement of model numbers (0 to 1), and how they meet or fail to meet; "" where either has none."""
    if not one.codes and not other.codes:
        return 0.0, ""
    met = {code: _standing(code, row) for code, row in _crossed(one, other)}
    best = max(((TELLS[how] * rarity(code), how) for code, how in met.items() if how), default=(0.0, ""))
    pairs = [(mine, theirs) for mine in one.codes for theirs in other.codes]
    if best[1] != WHOLE:
        best = max([best, *((TELLS[PART] * variant(mine, theirs) * rarity(mine), PART) for mine, theirs in pairs)])
    near = _siblings([pair for pair in pairs if not met[pair[0]] and not met[pair[1]]])
    if best[0] >= MEETS:
        return (best[0] / 2, SIBLINGS) if near and best[1] != PART else best
    return best[0], SIBLINGS if near else STRANGERS if pairs else ""


def _crossed(one: Said, other: Said) -> list[tuple[str, Said]]:
    return [(code, other) for code in one.codes] + [(code, one) for code in other.codes]


def _siblings(unmet: list[tuple[str, str]]) -> bool:
    """True when two codes that both stand alone are of one scheme: `3741001` and `3841001` are two grills."""
    return any(
        Levenshtein.normalized_similarity(mine, theirs) >= SIBLING and not variant(mine, theirs)
        for mine, theirs in unmet
    )


def _standing(code: str, row: Said) -> str:
    if code in row.squeezed:
        return placed(code, row.squeezed, row.text)
    stem = code.rstrip(ascii_lowercase)
    if TAIL <= len(stem) < len(code) < len(stem) + TAIL and placed(stem, row.squeezed, row.text) == WHOLE:
        return PART
    if code in row.squeezed_story and placed(code, row.squeezed_story, row.story) == WHOLE:
        return STORY
    return ""


def placed(code: str, squeezed: str, text: str) -> str:
    """WHOLE where a code begins and ends as words of the text do; PART where letters go on (`CLI8C`, not `HF100`)."""
    ends = {0, *accumulate(len(word) for word in TOKEN.findall(text))}
    how, begins = "", squeezed.find(code)
    while begins >= 0:
        stops = begins + len(code)
        if begins in ends and stops in ends:
            return WHOLE
        if (begins in ends or not code[0].isalpha()) and not _runs_on(code, squeezed, begins, stops):
            how = PART
        begins = squeezed.find(code, begins + 1)
    return how


def _runs_on(code: str, squeezed: str, begins: int, stops: int) -> bool:
    """True when figures go on beyond the code: `hf10` in `hf100` is another number."""
    before, after = squeezed[max(begins - 1, 0) : begins], squeezed[stops : stops + 1]
    return (code[0].isdigit() and before.isdigit()) or (code[-1].isdigit() and after.isdigit())


def variant(one: str, other: str) -> float:
    """The share two codes begin with alike when only letters at their end differ and figures come before; else 0."""
    alike = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        alike += 1
    longest = max(len(one), len(other))
    next_two = one[alike : alike + 1] + other[alike : alike + 1]
    figures = any(letter.isdigit() for letter in one[:alike])
    if alike < TAIL or longest - alike > TAIL or not figures or any(letter.isdigit() for letter in next_two):
        return 0.0
    return alike / longest
