"""Drain the METRC queue once: everything that is due is sent or looked up, and nothing is waited for."""

from django.db.models import Count

from apps.compliance import actions
from apps.compliance.models import Facility, Report, ReportAttempt
from apps.compliance.rules import State
from apps.core.management.json_command import JsonCommand
from apps.core.scope import scope

GROUPS = {
    "confirmed": {State.CONFIRMED, State.ADOPTED},
    "waiting": {State.QUEUED, State.SENDING, State.RETRY_WAIT, State.ASSIST},
    "verifying": {State.VERIFY},
    "rejected": {State.REJECTED, State.REVIEW, State.DEAD},
    "held": {State.HELD},
}


class Command(JsonCommand):
    help = __doc__

    def answer(self, options):
        before = _sends()
        for facility in _with_due():
            with scope(facility.organization_id):
                while actions.drain(facility=facility):
                    pass
        return {"sent": _sends() - before, **_standing()}, False


def _with_due() -> list[Facility]:
    with scope(everyone="send_reports command"):
        return list(actions.with_work().select_related("location", "organization"))


def _sends() -> int:
    with scope(everyone="send_reports command"):
        return ReportAttempt.objects.filter(purpose=ReportAttempt.Purpose.SEND).count()


def _standing() -> dict[str, int]:
    with scope(everyone="send_reports command"):
        counts = dict(Report.objects.order_by().values_list("state").annotate(n=Count("pk")))
    return {name: sum(counts.get(state, 0) for state in states) for name, states in GROUPS.items()}
