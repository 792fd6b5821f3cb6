"""Taking a transfer back: a call archives its template; one that was registered a person voids at METRC's site."""

from django.utils.translation import gettext as _

from apps.compliance.models import Report
from apps.compliance.rules import State
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import FiledTemplate, Transfer

from .outcome import Look, Outcome, Seen, since_sent


def send(metrc: Metrc, report: Report) -> Outcome:
    """Archiving twice does no harm."""
    target = Report.objects.get(pk=report.payload["report"])
    for template in _templates(metrc, target):
        metrc.archive_transfer_template(template.id)
    left = _registered(metrc, target)
    if left:
        return Outcome(State.ASSIST, {"transfer_id": left[0].id, "manifest_number": left[0].manifest_number})
    return Outcome(State.CONFIRMED)


def look(metrc: Metrc, report: Report) -> Look:
    target = Report.objects.get(pk=report.payload["report"])
    if templates := _templates(metrc, target):
        return Look(Seen.ABSENT, _("The template is still there."), {"templates": [row.id for row in templates]})
    left = _registered(metrc, target)
    outcome = Outcome(State.ASSIST, {"transfer_id": left[0].id}) if left else Outcome(State.CONFIRMED)
    return Look(Seen.THERE, _("The template is gone."), {}, outcome)


def _templates(metrc: Metrc, target: Report) -> list[FiledTemplate]:
    rows = {row.id: row for window in since_sent(target) for row in metrc.find_templates(target.template_name, *window)}
    return [rows[pk] for pk in sorted(rows)]


def _registered(metrc: Metrc, target: Report) -> list[Transfer]:
    rows = (row for window in since_sent(target) for row in metrc.transfers("outgoing", *window))
    return [row for row in rows if row.name == target.template_name and not row.is_voided]
