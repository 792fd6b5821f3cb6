"""A worker's application with one task more: its effect can happen only once, so a second time would be an error."""

import time
from datetime import UTC, datetime, timedelta

from reup.celery import app

LINE = "test.effect"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


@app.task(name=LINE)
def effect(*, number: int, **_) -> None:
    """Writes the slot of its number; the table has room for one."""
    from apps.core.models import Slot

    time.sleep(0.005)  # long enough for a flush to find jobs at work
    Slot.objects.create(schedule=LINE, starts_at=FIRST + timedelta(minutes=number))
