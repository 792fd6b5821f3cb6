"""What came of saying it, and of asking."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone

from apps.compliance.models import Report
from apps.compliance.rules import State, Verdict
from apps.gateways.metrc.payloads import windows

OVERLAP = timedelta(minutes=5)  # their clock and ours


@dataclass(frozen=True)
class Outcome:
    """METRC took it: the state that follows, and what it gave in return. Where it did not and a person goes on by hand,
    `verdict` and `said` tell so, and `may_exist` is False."""

    state: State
    found: dict = field(default_factory=dict)
    verdict: Verdict = Verdict.ACCEPTED
    said: str = ""
    may_exist: bool = True


class Seen(StrEnum):
    """What a look-up says. ABSENT is only ever believed twice."""

    THERE = "there"
    ABSENT = "absent"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Look:
    """One look-up: `why` is a sentence for staff, `evidence` the rows it leans on, `outcome` what follows if it is
    there."""

    seen: Seen
    why: str
    evidence: dict = field(default_factory=dict)
    outcome: Outcome | None = None


def since_sent(report: Report) -> Iterator[tuple[datetime, datetime]]:
    """METRC's windows from a little before the last send until now."""
    return windows((report.sent_at or report.created_at) - OVERLAP, timezone.now() + OVERLAP)
