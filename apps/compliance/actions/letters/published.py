"""A call that only some state publishes: made by the row that staff entered, and by hand where there is none or METRC
answers that it has none (metrc.md §3)."""

from collections.abc import Callable

import structlog
from django.utils import timezone
from django.utils.translation import gettext as _
from msgspec import Struct

from apps.compliance.models import Capability, Report
from apps.compliance.rules import State, Verdict
from apps.gateways.base import Declined
from apps.gateways.metrc.licence import Metrc

from .outcome import Outcome

log = structlog.get_logger(__name__)
NOT_THERE = (404, 405)  # 405 where another method of a path like it exists
BY_HAND = Outcome(State.ASSIST, may_exist=False)


def call(
    metrc: Metrc, report: Report, act: str, ids: dict[str, int], row: Callable[[], Struct], then: Outcome
) -> Outcome:
    """`then` where METRC took it. 404 is no refusal of the act: a person does it at METRC's site, and whoever keeps the
    row is told."""
    capability = Capability.of(report.facility, act)
    if capability is None:
        return BY_HAND
    path = capability.path.format(**ids)
    try:
        metrc.published(capability.method, path, row())
    except Declined as refused:
        if refused.status not in NOT_THERE:
            raise
        return _missing(report, capability, path, refused.status)
    return then


def _missing(report: Report, capability: Capability, path: str, status: int | None) -> Outcome:
    Capability.objects.filter(pk=capability.pk).update(missing_at=timezone.now())
    log.error("call_not_published", report=report.number, state=capability.state, method=capability.method, path=path)
    said = _("METRC has no call %(method)s %(path)s (%(status)s): do it at METRC's site.")
    said %= {"method": capability.method, "path": path, "status": status}
    return Outcome(State.ASSIST, verdict=Verdict.REFUSED, said=said, may_exist=False)
