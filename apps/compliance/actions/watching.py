"""Who has to be looked after: facilities with something due, reports that grow old."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.compliance import rules
from apps.compliance.models import Facility, MaintenanceWindow, Report
from apps.compliance.models.reports import DUE_STATES
from apps.core import jobs
from apps.core.scope import scope

from .filing import wake
from .moving import locked, move

log = structlog.get_logger(__name__)
OLD, SOON = timedelta(minutes=5), timedelta(seconds=30)


def with_work() -> QuerySet[Facility]:
    """Facilities where something is due, or was left behind by a worker that died; those held or resting left out."""
    mine = Report.objects.filter(facility=OuterRef("pk"))
    work = Exists(mine.due()) | Exists(mine.filter(state=rules.State.SENDING))
    return Facility.objects.reported().filter(Facility.free_now(), work)


@transaction.atomic
def wake_due() -> int:
    """A job for each of them. Returns how many."""
    found = list(with_work())
    for facility in found:
        wake(facility)
    return len(found)


def raise_alarms() -> int:
    """Each level of each report is told once: after 15 min, 1 h, within two hours of its deadline, past it. In METRC's
    own maintenance none is, and its time doesn't count as age; a deadline is the state's and stays."""
    now, raised = timezone.now(), 0
    away = Exists(MaintenanceWindow.open_now(OuterRef("facility__state")))
    for report in Report.objects.open().filter(~away).select_related("facility").iterator():
        age = now - report.created_at
        if age >= rules.ALARMS[0]:
            age -= MaintenanceWindow.resting(report.facility.state, report.created_at, now)
        level = rules.alarm_level(age=age, left=report.deadline_at - now)
        if level > report.alarm and Report.objects.filter(pk=report.pk, alarm=report.alarm).update(alarm=level):
            raised += 1
            tell = log.error if level > 2 else log.warning
            tell("report_late", report=report.number, state=report.state, level=level, deadline=report.deadline_at)
    return raised


def give_up_old() -> int:
    """What had its turn and METRC has neither taken nor refused in METRC_GIVE_UP_DAYS days is a person's; a number of
    tries alone never ends a report. What a person would have to look at first, a held key or an earlier report, is left
    as it is. Returns how many."""
    since = timezone.now() - timedelta(days=settings.METRC_GIVE_UP_DAYS)
    old = Report.objects.filter(state__in=DUE_STATES, created_at__lt=since, facility__held_at=None).first_in_lane()
    return sum(_give_up(*found) for found in list(old.values_list("organization", "pk")))


def _give_up(organization_id: UUID, report_id: int) -> bool:
    with scope(organization_id), transaction.atomic():
        return _is_given_up(report_id)


def _is_given_up(report_id: int) -> bool:
    report = locked(report_id)
    if report.state not in DUE_STATES:
        return False
    move(report, rules.State.DEAD, by="METRC queue", why=f"{settings.METRC_GIVE_UP_DAYS} days without an answer")
    log.error("report_given_up", report=report.number, may_exist=report.may_exist)
    return True


@transaction.atomic
def wake_mirrors() -> int:
    """A job for each facility not read for five minutes; for half a minute where a report waits for a person to act at
    METRC's site."""
    now = timezone.now()
    at_hand = Exists(Report.objects.filter(facility=OuterRef("pk"), state=rules.State.ASSIST))
    old = Q(last_ok_at=None) | Q(last_ok_at__lt=now - OLD) | Q(at_hand, last_ok_at__lt=now - SOON)
    found = list(Facility.objects.reported().filter(Facility.free_now(), old).exclude(sealed=b""))
    for facility in found:
        ask_mirror(facility)
    return len(found)


def ask_mirror(facility: Facility, *, asked_at: datetime | None = None, after: float = 0, missed: bool = False) -> None:
    """All of it is read that was not read since `asked_at` (now, unless told otherwise). `missed`: its last turn was
    cut short by METRC's or our own limits."""
    jobs.enqueue(
        "compliance.pull_mirror",
        key=str(facility.pk),
        queue="sync",
        after=after,
        organization=facility.organization_id,
        facility_id=str(facility.pk),
        asked_at=(asked_at or timezone.now()).isoformat(),
        missed=missed,
    )


def ask_tags(facility: Facility) -> None:
    """Somebody ordered tags at METRC: the drawer alone is read."""
    jobs.enqueue(
        "compliance.pull_tags",
        key=str(facility.pk),
        queue="sync",
        organization=facility.organization_id,
        facility_id=str(facility.pk),
    )
