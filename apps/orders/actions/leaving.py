"""May the goods leave? With METRC's manifest number; in an outage, by somebody allowed and with a reason."""

from django.utils.translation import gettext as _

from apps.compliance.actions import outage_of
from apps.compliance.models import Facility, Report
from apps.core.errors import Refused
from apps.orders import rules

from .moving import Step

WITHOUT_ACK = ("orders.ship_without_ack",)


def acknowledged(step: Step) -> None:
    """A location without a METRC facility reports nothing, and nothing is asked. Refused otherwise
    (`manifest-required`) until the number is known."""
    order = step.order
    if order.compliance == rules.Compliance.ACKNOWLEDGED or not _reports(order):
        return
    outage = outage_of(order.seller_id)
    if outage and step.reason and step.by.may(WITHOUT_ACK, order):
        step.told |= {"without_ack": step.reason, "outage": outage.reason}
        return
    raise Refused(_refusal(step, outage), code="manifest-required")


def _reports(order) -> bool:
    return Facility.objects.reported().filter(location=order.ships_from_id).exists()


def _refusal(step: Step, outage) -> str:
    if outage and not step.by.may(WITHOUT_ACK, step.order):
        return _("METRC has not accepted the manifest. Outage mode is on: somebody who may ship without it can.")
    if outage:
        return _("METRC has not accepted the manifest. Outage mode is on: say why the goods leave without it.")
    return _("METRC has not accepted the manifest (%(error)s). Retry, fix, or use outage mode.") % {
        "error": _said(step) or step.order.get_compliance_display()
    }


def _said(step: Step) -> str:
    """What METRC said last of this order's manifest, or of a new package that it waits for."""
    reports = Report.objects.filter(organization=step.order.seller_id, order_number=step.order.number).open()
    newest = reports.exclude(last_error="").order_by("pk").last()
    return newest.last_error[:200] if newest else ""
