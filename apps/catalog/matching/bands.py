"""How far a pair may be trusted: `auto` links by itself, `review` waits for a person, "" is not written.

A pair needs less likeness where nearly every row of the shorter list has found a sure partner: then the few left
over most likely have one too. That is a property of the two lists, not a setting.
"""

from dataclasses import dataclass

from .codes import PART, SIBLINGS, WHOLE
from .likeness import Likeness
from .said import Said
from .score import FAR
from .vocabulary import EATEN, INHALED

AUTO, REVIEW = "auto", "review"
SURE = 0.6  # a score that speaks for itself
FLOOR, ROOM = 0.5, 0.32  # least trust of a written pair, and how far a well covered list lowers it
ALONE, COVERED = 1.0, 0.72  # the same for words and parts of codes that are to link by themselves
HALF_WAY = {2: 1.0, 1: 0.75, 0: 0.5}  # how many of the two rows hold each other for the best
SAME_WORDS = 0.9
CODED, CODED_WELL, CODE_TELLS, MODEL = 0.5, 0.7, 0.6, 0.75
LEAD_SAME, LEAD_CODE, LEAD_PART, LEAD_WORDS, LEAD_NO_BRAND = 0.04, 0.02, 0.05, 0.15, 0.15
TRADE = INHALED | EATEN


@dataclass(frozen=True, slots=True)
class Standing:
    """A pair among its rivals. `best` of its two rows hold each other for the best; `lead` over the nearest free rival.

    `brands`: how many brands are known to carry this very name. `covered`: the share of the shorter list's rows that
    have found a sure partner, 0 to 1.
    """

    score: float
    best: int
    lead: float
    brands: int = 1
    covered: float = 0.0

    @property
    def trust(self) -> float:
        return self.score * HALF_WAY[self.best]


def band(found: Likeness, one: Said, other: Said, standing: Standing) -> str:
    measured = one.amounts.measured or other.amounts.measured
    least = FLOOR if measured else FLOOR - ROOM * standing.covered**2
    if found.veto or standing.trust < least:
        return ""
    sure = standing.best == 2 and not doubts(found) and _speaks(found, one, other, standing)
    return AUTO if sure else REVIEW


def doubts(found: Likeness) -> list[str]:
    """What the two say differently, by the name of the evidence."""
    named = [name for name in ("brand", "form", "strain_type", "colour", "specs") if getattr(found, name) is False]
    if found.met == SIBLINGS:
        named.append("code")
    if found.price < FAR and found.met != WHOLE:
        named.append("price")
    return named


def _speaks(found: Likeness, one: Said, other: Said, standing: Standing) -> bool:
    """True when what speaks for a pair is enough without a person."""
    if found.size is None and not _model(found, one, other, standing):
        return False
    if one.amounts.measured or other.amounts.measured:
        return _same_goods(found, standing)
    if found.shared >= SAME_WORDS and standing.lead >= LEAD_WORDS:
        return True
    if found.met == WHOLE and found.code >= CODE_TELLS and standing.score >= CODED:
        return standing.lead >= LEAD_CODE
    lead = LEAD_PART if found.met == PART else LEAD_WORDS
    return standing.score >= ALONE - COVERED * standing.covered and standing.lead >= lead


def _model(found: Likeness, one: Said, other: Said, standing: Standing) -> bool:
    """A whole model number says the size too, where the trade's forms (a cartridge, a gummy) are not the matter."""
    coded = found.met == WHOLE and found.code >= CODED_WELL and standing.score >= MODEL
    return coded and TRADE.isdisjoint(one.forms | other.forms)


def _same_goods(found: Likeness, standing: Standing) -> bool:
    """What is sold by weight has a neighbour in every size: the words must be the same, or a whole code agree."""
    if not found.brand and (standing.lead < LEAD_NO_BRAND or standing.brands > 1):
        return False
    coded = found.met == WHOLE and found.code >= CODED_WELL and standing.score >= CODED_WELL
    return standing.lead >= LEAD_SAME and (found.shared >= SAME_WORDS or coded)
