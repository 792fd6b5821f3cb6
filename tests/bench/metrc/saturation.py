"""Every licence has more to report and to read than METRC allows: how much of that is used, and by whom."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils import timezone

from apps.compliance import actions
from apps.compliance.models import Cursor, Facility, Package, Report, Transfer
from apps.core import jobs
from apps.core.scope import everyone, scope

from . import ours
from .state import BUCKETS, State

ALLOWED = 150  # calls a second for the vendor key
PACED = {"METRC_PER_MINUTE": 3_000, "METRC_VENDOR_PER_MINUTE": 9_000, "METRC_TIME_SCALE": 1.0}
FAULTS = {"429": 0.025, "500_before": 0.025}
WORKERS, SETTLE = 4, 5
WAYS = Transfer.Direction.values
REPORTS = 1.0  # of the calls that are allowed: none may run out of them, however the two kinds are mixed
PACKAGES = 40  # of a licence: an unclear report keeps its package waiting for minutes, and others have to go on
WARM = 3.0  # seconds: buckets begin full


@dataclass(frozen=True)
class Found:
    """`share` of the allowed rate, `spread` most to least calls of a licence, `too_soon` calls before a Retry-After had
    passed, `refused` 429s that the limits gave (not the weather), `wrong` reports that METRC has twice or never."""

    share: float
    spread: float
    too_soon: int
    refused: int
    wrong: int
    calls: int
    writes: int
    struck: Counter

    def told(self) -> str:
        return f"{self.calls:,} calls were counted, {self.writes:,} of them reports; struck: {dict(self.struck)}."


def saturated(metrc: State, *, licences: int, seconds: int) -> Found:
    metrc.open(licences=licences, packages=PACKAGES, limits=BUCKETS, faults=FAULTS)
    found = ours.facilities(metrc)
    _read_until_now(found)
    ours.file(metrc, found, int(ALLOWED * (seconds + WARM) * REPORTS))
    with ours.workers(metrc, count=WORKERS, METRC_SETTLE_SECONDS=SETTLE, **PACED):
        _first_call(metrc)
        until = time.monotonic() + seconds + WARM
        while time.monotonic() < until:
            _beat(found)
            time.sleep(2)
        calls = metrc.calls()
    return _counted(metrc, calls, seconds)


def _first_call(metrc: State) -> None:
    """Workers take a moment to come; it is no part of what is measured."""
    while not metrc.calls():
        time.sleep(0.05)


def _read_until_now(found: list[Facility]) -> None:
    """As after the first reading, which takes 90 days of windows: what is read is what changed."""
    lists = [f"packages/{place}" for place in Package.Place.values] + [f"transfers/{way}" for way in WAYS]
    with everyone("bench"):
        Cursor.objects.bulk_create(
            Cursor(
                organization_id=one.organization_id, facility=one, endpoint=name, until_at=timezone.now(), read_at=None
            )
            for one in found
            for name in lists
        )


def _beat(found: list[Facility]) -> None:
    """The timetable, in a hurry: what is due is woken, and every mirror asked for again."""
    with scope(everyone="bench"), jobs.one_nudge():
        actions.wake_due()
        for facility in found:
            actions.ask_mirror(facility)


def _counted(metrc: State, calls: list[dict], seconds: float) -> Found:
    begun = calls[0]["elapsed"] + WARM
    mine = [call for call in calls if begun <= call["elapsed"] < begun + seconds]
    each = Counter(call["caller"] for call in mine)
    notes = Counter(note.partition(" ")[0] for note in metrc.notes())
    with everyone("bench"):
        confirmed = set(Report.objects.filter(state="CONFIRMED").values_list("mark", flat=True))
    return Found(
        share=len(mine) / seconds / ALLOWED,
        spread=max(each.values()) / min(each[row["licence"]] or 0.1 for row in metrc.licences),
        too_soon=_too_soon(calls),
        refused=sum(call["status"] == 429 and not call["fault"] for call in calls),
        wrong=sum(times > 1 for times in notes.values()) + len(confirmed - notes.keys()),
        calls=len(mine),
        writes=sum(call["method"] == "POST" for call in mine),
        struck=Counter(call["fault"] for call in mine if call["fault"]),
    )


def _too_soon(calls: list[dict]) -> int:
    """Calls of a licence between a 429 and the end of the wait it named."""
    until: dict[str, float] = defaultdict(float)
    count = 0
    for call in calls:
        licence = call["caller"]
        count += call["elapsed"] < until[licence]
        if call["status"] == 429:
            until[licence] = call["elapsed"] + float(call.get("retry_after") or 1)
    return count
