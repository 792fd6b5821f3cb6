"""Core's quiet face: the nudge, the sweep, the cleaning and the checking."""

from datetime import timedelta

import structlog
from celery import shared_task
from django.db.models.functions import Now

from . import audit, heads, invariants, jobs, scope
from .models import Answer, InboundHook, Job, OutboundCall, Slot, StreamEvent

log = structlog.get_logger(__name__)


@shared_task(name="core.drain")
def drain(*, queue: str = "default", **_):
    jobs.drain(queue)


@shared_task(name="core.sweep")
def sweep(**_):
    jobs.sweep()


@shared_task(name="core.clean")
def clean(**_):
    """Old rows: told events go after a week, answers after 72 h, finished jobs, slots and the journal after a month."""
    with scope.scope(everyone="cleaning up"):
        StreamEvent.objects.filter(at__lt=Now() - timedelta(days=7)).delete()
        Answer.objects.filter(at__lt=Now() - timedelta(hours=72)).delete()
        Job.objects.filter(state=Job.State.DONE, finished_at__lt=Now() - timedelta(days=30)).delete()
        OutboundCall.objects.filter(at__lt=Now() - timedelta(days=30)).delete()
        InboundHook.objects.filter(at__lt=Now() - timedelta(days=7)).delete()
        Slot.objects.filter(starts_at__lt=Now() - timedelta(days=30)).delete()


@shared_task(name="core.check_invariants")
def check_invariants(**_):
    for found in invariants.check():
        if found["violations"]:
            log.error("invariant_broken", **found)


@shared_task(name="core.export_heads")
def export_heads(**_):
    heads.export()


@shared_task(name="core.verify_audit")
def verify_audit(**_):
    with scope.scope(everyone="walking the audit trail"):
        broken = audit.verify_and_record("timetable")
    if broken:
        log.error("audit_broken", faults=broken)
