"""How old what we show is, and whether its source may still be trusted (limits: stock, deals and METRC in minutes)."""

from dataclasses import dataclass
from datetime import datetime

from . import text


@dataclass(frozen=True)
class Freshness:
    """What the chip shows: `state` is fresh, stale or away; `limit` in minutes."""

    state: str
    source: str
    as_of: datetime | None
    away_since: datetime | None
    limit: float
    now: datetime
    zone: str

    @property
    def icon(self) -> str:
        return {"fresh": "check-circle", "stale": "triangle", "away": "cross-circle"}[self.state]

    @property
    def since(self) -> datetime | None:
        """The moment the chip counts from: what we know, or how long we don't."""
        return self.away_since if self.state == "away" else self.as_of

    @property
    def at(self) -> str:
        return text.when(self.since, self.zone, self.now)

    @property
    def age(self) -> str:
        if self.state == "away" and self.since:
            return text.span((self.now - self.since).total_seconds())
        return text.age(self.since, self.now)


def freshness(
    *,
    as_of: datetime | None,
    source: str,
    limit: float,
    now: datetime,
    away_since: datetime | None = None,
    zone: str = "UTC",
) -> Freshness:
    """Away beats stale: a source that does not answer can't vouch for an old value. Never read is away, too."""
    if away_since or as_of is None:
        return Freshness("away", source, as_of, away_since, limit, now, zone)
    state = "stale" if text.is_older(as_of, now, minutes=limit) else "fresh"
    return Freshness(state, source, as_of, away_since, limit, now, zone)
