"""What METRC's answer means. A status alone doesn't tell: the catalogue goes by status and words (metrc.md §4.1)."""

import re
from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Verdict(TextChoices):
    """What is done next with the report."""

    ACCEPTED = "accepted", _("Accepted")
    NOT_SENT = "not_sent", _("Nothing happened: try again later")
    LIMITED = "limited", _("Too many calls: wait as they say, no try is counted")
    UNCLEAR = "unclear", _("May have happened: look it up before anything is sent again")
    CONFIG = "config", _("Key, permission or licence: hold the licence")
    WAITS = "waits", _("A condition has to come true first: try again later")
    REFUSED = "refused", _("They refused it: a person must look")
    UNKNOWN = "unknown", _("Refused in words nobody has classified yet: a person must look")


V = Verdict
# (status or None for any, pattern, verdict): the first that fits counts. Staff may put rules of their own before these.
CATALOGUE: tuple[tuple[int | None, str, Verdict], ...] = (
    (400, r"could not load file or assembly|stack trace|object reference not set|timeout expired", V.UNCLEAR),
    (400, r"cannot be transferred|is marked as NotSubmitted", V.WAITS),
    (400, r"does not exist in the current facility", V.REFUSED),
    (400, r"tag .* is not valid", V.REFUSED),
    (400, r"is invalid\. valid values are", V.REFUSED),
    (400, r"was not specified|Id not found|is required", V.REFUSED),
    (400, r"range cannot exceed", V.REFUSED),
    (400, r"not empty|must be of Plant type|Lab Test Batch is required", V.REFUSED),
    (400, r"below zero|negative|exceeds|not enough", V.REFUSED),
    (401, "", V.CONFIG),
    (403, "", V.CONFIG),
    (404, "", V.CONFIG),
    (405, "", V.CONFIG),
    (413, "", V.REFUSED),
    (429, "", V.LIMITED),
)


def classify(
    *, status: int | None, text: str, sent: bool, rules: Iterable[tuple[int | None, str, str]] = ()
) -> Verdict:
    """`sent` tells whether a byte may have left; `rules` are staff's, asked before the catalogue."""
    for wanted, pattern, verdict in (*rules, *CATALOGUE):
        if wanted in (None, status) and re.search(pattern, text, re.IGNORECASE):
            return Verdict(verdict)
    if status is not None and 400 <= status < 500:
        return Verdict.UNKNOWN
    return Verdict.UNCLEAR if sent else Verdict.NOT_SENT
