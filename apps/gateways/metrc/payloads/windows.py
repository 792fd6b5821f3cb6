"""Last-modified windows: METRC refuses ranges over 24 hours, and without one some states answer little or nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

LONGEST_WINDOW = timedelta(hours=24)


def windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Ranges of at most 24 hours from `since` to `until`, the oldest first: a row that changes while one is read only
    moves into a later one."""
    while since < until:
        end = min(since + LONGEST_WINDOW, until)
        yield since, end
        since = end


def asked(since: datetime | None, until: datetime | None) -> dict[str, str]:
    """The two parameters of a range; none for no range. Raises ValueError for half a range, one over 24 hours, or a
    moment without a zone."""
    if since is None and until is None:
        return {}
    if since is None or until is None or since > until or until - since > LONGEST_WINDOW:
        raise ValueError("A range has a start and an end, no more than 24 hours apart.")
    return {"lastModifiedStart": _text(since), "lastModifiedEnd": _text(until)}


def _text(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("A moment has a zone.")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
