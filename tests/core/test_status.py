"""The public status page: one mark a day, and none where nothing was read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import RunState, SyncRun
from apps.core.scope import everyone
from reup import health

pytestmark = pytest.mark.django_db


def run(place, state: str, *, days: int = 0) -> None:
    at = timezone.now() - timedelta(days=days)
    SyncRun.objects.create(
        organization_id=place.organization_id,
        location_id=place.pk,
        location_name=place.name,
        kind="inventory",
        trigger="schedule",
        state=state,
        started_at=at,
        finished_at=at,
    )


def test_each_of_ninety_days_has_its_mark_oldest_first(cast):
    with everyone("test"):
        run(cast.place, RunState.FAILED, days=2)
        run(cast.place, RunState.FAILED, days=1)
        run(cast.place, RunState.COMPLETED, days=1)
        run(cast.place, RunState.COMPLETED)
        days = health._days({cast.place.pk})

    assert len(days) == 90
    assert days[-1]["date"] == timezone.now().date()
    assert [day["state"] for day in days[-4:]] == ["none", "away", "late", "up"]
