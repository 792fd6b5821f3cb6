"""Compliance's quiet face: the timetable's and the jobs' way in."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from apps.compliance.models import Facility
from apps.core import jobs
from apps.core.scope import scope

from . import actions, sync


@shared_task(name="compliance.send_reports")
def send_reports(*, facility_id: str, **_):
    """One facility's turn."""
    facility = Facility.objects.select_related("location", "organization").get(pk=facility_id)
    with jobs.one_nudge():
        actions.take_turn(facility=facility)


@shared_task(name="compliance.send_due")
def send_due(**_):
    """A job for each facility where something is due; one that waits already is enough."""
    with scope(everyone="the timetable"):
        actions.wake_due()


@shared_task(name="compliance.watch")
def watch(**_):
    """Alarms rise; what is too old is a person's; a facility held for its key is asked after."""
    with scope(everyone="the timetable"):
        actions.raise_alarms()
        actions.give_up_old()
        held = list(actions.worth_asking().select_related("location"))
    for facility in held:
        with scope(facility.organization_id):
            actions.try_held(facility)


@shared_task(name="compliance.pull_mirrors")
def pull_mirrors(**_):
    """A job for each facility whose mirror has grown old, sooner where a person is at work in METRC."""
    with scope(everyone="the timetable"):
        actions.wake_mirrors()


@shared_task(name="compliance.pull_mirror")
def pull_mirror(*, facility_id: str, asked_at: str = "", missed: bool = False, **_):
    """One facility's mirror, read on for a moment; then others have their turn. Who `missed` one has two at once."""
    facility = Facility.objects.select_related("location", "organization").get(pk=facility_id)
    asked = datetime.fromisoformat(asked_at) if asked_at else timezone.now()
    limits = actions.Limits.of_a_turn()
    pulled = sync.pull_mirror(facility=facility, asked_at=asked, limits=limits.doubled() if missed else limits)
    if pulled.again is not None:
        actions.ask_mirror(facility, asked_at=asked, after=pulled.again, missed=bool(pulled.why))


@shared_task(name="compliance.pull_tags")
def pull_tags(*, facility_id: str, **_):
    """One facility's drawer of package tags."""
    sync.pull_tags(facility=Facility.objects.select_related("location", "organization").get(pk=facility_id))
