"""Registering a transfer out of its template, where the state publishes a call for it. Its manifest number is read, as
it is after a person registered it."""

from django.utils.translation import gettext as _

from apps.compliance.models import Report
from apps.compliance.rules import ByHand, State
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Registration

from . import published
from .outcome import Look, Outcome, Seen, since_sent

DONE = Outcome(State.CONFIRMED)


def send(metrc: Metrc, report: Report) -> Outcome:
    """Nothing is called where METRC shows that it is registered, or the template was taken back meanwhile."""
    target = Report.objects.get(pk=report.payload["report"])
    if target.state != State.ASSIST or _registered(metrc, report, target):
        return DONE
    template = report.payload["template"]
    ids = {"template": template, "transfer": 0, "delivery": 0}
    return published.call(metrc, report, ByHand.REGISTER, ids, lambda: Registration(template), DONE)


def look(metrc: Metrc, report: Report) -> Look:
    """By the template's name, which holds our mark."""
    if _registered(metrc, report, Report.objects.get(pk=report.payload["report"])):
        return Look(Seen.THERE, _("METRC has registered it."), {}, DONE)
    return Look(Seen.ABSENT, _("METRC has the template alone."))


def _registered(metrc: Metrc, report: Report, target: Report) -> bool:
    rows = (row for window in since_sent(target) for row in metrc.transfers("outgoing", *window))
    return any(row.name == target.template_name and not row.is_voided for row in rows)
