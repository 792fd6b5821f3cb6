"""How far a location's shelf may be trusted: when it was last read well, and whether its source has gone away since."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, QuerySet, Subquery

from apps.core.models import RunState, SyncRun

LATE = timedelta(minutes=20)  # LOOK.md §3: stock is stale after this
AWAY = timedelta(minutes=60)


@dataclass(frozen=True)
class Standing:
    """`good_at` is the end of the last good run, None before one. `away_since` is set when nothing vouches for it;
    `held` when the newest answer waits for a person: what is shown is then stale, however young."""

    good_at: datetime | None
    away_since: datetime | None
    now: datetime
    held: bool = False

    @property
    def state(self) -> str:
        """fresh, stale, away or unread."""
        if self.good_at is None:
            return "unread"
        if self.away_since:
            return "away"
        return "stale" if self.held or self.now - self.good_at > LATE else "fresh"

    @property
    def limit(self) -> int:
        """Minutes within which the chip may call it fresh."""
        return 0 if self.held else int(LATE.total_seconds()) // 60


def with_runs(places: QuerySet) -> QuerySet:
    """Locations with `good_at` and `newest_state` of their inventory runs."""
    runs = SyncRun.objects.filter(location_id=OuterRef("pk"), kind="inventory").newest_first()
    return places.annotate(
        good_at=Subquery(runs.good().values("finished_at")[:1]), newest_state=Subquery(runs.values("state")[:1])
    )


def standing(place, now: datetime) -> Standing:
    """Of a location read `with_runs`. Away: its newest run failed and no good one ended within the hour."""
    good_at = place.good_at
    away = place.newest_state == RunState.FAILED and good_at is not None and now - good_at > AWAY
    return Standing(good_at, good_at if away else None, now, held=place.newest_state == RunState.HELD)
