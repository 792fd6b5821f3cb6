"""One figure from the evidence, 0 to 1. Fixed for every list; nothing here is learned."""

from .codes import SIBLINGS, STRANGERS
from .likeness import Likeness

TEXT, SHARED, HELD = 0.5, 0.3, 0.2
CODE = 0.75  # of what is missing to certainty, where a model number agrees
CERTAIN = 0.5  # a model number of this weight settles it; below, words that differ on both sides count against
CLASH = 0.3
DOUBTS = {"brand": 0.5, "form": 0.7, "specs": 0.55, "strain_type": 0.7, "colour": 0.75}
CODES_DIFFER = {SIBLINGS: 0.5, STRANGERS: 0.85}
FAR, FAR_PRICE = 0.4, 0.85  # a price under two fifths of the other


def score(found: Likeness) -> float:
    if found.veto:
        return 0.0
    likely = TEXT * found.text + SHARED * found.shared + HELD * found.held
    if found.code < CERTAIN:
        likely *= 1 - CLASH * (1 - found.held)
    likely += (1 - likely) * CODE * found.code
    for name, factor in DOUBTS.items():
        if getattr(found, name) is False:
            likely *= factor
    if found.price < FAR:
        likely *= FAR_PRICE
    return min(likely * CODES_DIFFER.get(found.met, 1.0), 1.0)
