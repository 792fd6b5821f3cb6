"""The timetable's lines across restarts of beat."""

from datetime import timedelta

import pytest
from celery.schedules import schedule
from django.utils import timezone
from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from reup.management.commands.prepare import recall

pytestmark = pytest.mark.django_db
NAME = "test: read"


def begin():
    """What beat does with a line of the timetable at its start; True when it is due at once."""
    return ModelEntry.from_entry(NAME, task="test.read", schedule=schedule(900)).is_due().is_due


def line():
    return PeriodicTask.objects.filter(name=NAME)


def test_a_line_that_never_ran_is_due_when_its_time_passed_over_restarts():
    begin()
    line().update(date_changed=timezone.now() - timedelta(hours=1))

    recall()

    assert begin()


def test_a_line_that_ran_keeps_its_own_time():
    begin()
    ran = timezone.now() - timedelta(minutes=1)
    line().update(last_run_at=ran)

    recall()

    assert line().get().last_run_at == ran
    assert not begin()
