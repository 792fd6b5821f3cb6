"""Lists read forward in time, window by window: METRC's LastModified only moves forward, so nothing slips through."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from apps.compliance.models import Cursor, Facility
from apps.gateways.metrc.payloads import windows

FIRST = timedelta(days=90)
OVERLAP = timedelta(minutes=5)
# An empty answer may be a lie (metrc.md §4.1 #19): once a day the last one is read again.
AGAIN = timedelta(hours=24)


def read_on(
    facility: Facility,
    endpoint: str,
    read: Callable[[datetime, datetime], list],
    write: Callable[[list], None],
) -> Iterator[None]:
    """From where this list stood until now; a pause is offered before each further window. Each window is read, then
    written and the cursor moved in one transaction: a crash reads one window twice."""
    now = timezone.now()
    cursor, _made = Cursor.objects.get_or_create(
        facility=facility,
        endpoint=endpoint,
        defaults={"organization_id": facility.organization_id, "until_at": now - FIRST},
    )
    for number, (since, until) in enumerate(windows(_start(cursor, now), now)):
        if number:
            yield
        rows = read(since, until)
        with transaction.atomic():
            write(rows)
            cursor.until_at, cursor.read_at, cursor.reason = until, now, ""
            cursor.save()


def _start(cursor: Cursor, now: datetime) -> datetime:
    new_day = cursor.read_at is not None and cursor.read_at.date() < now.date()
    return cursor.until_at - (AGAIN if new_day else OVERLAP)
