"""What a receiver found, where the state publishes a call for it. METRC's own rows of the delivery prove it, as they
prove what a person pressed: after the call the report waits for them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from apps.compliance.models import Report
from apps.compliance.models.mirror import WAITS
from apps.compliance.rules import ByHand, State
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Receipt, ReceivedPackage

from . import published
from .outcome import Look, Outcome, Seen

WORDS = {"accept": "Accepted", "adjust": "Accepted", "reject": "Rejected"}
TAKEN = Outcome(State.ASSIST, {"called": True})


def send(metrc: Metrc, report: Report) -> Outcome:
    """Nothing is called where METRC shows that somebody received it meanwhile."""
    if not _waits(metrc, report):
        return published.BY_HAND
    said = report.payload
    ids = {"transfer": said["transfer"], "delivery": said["delivery"], "template": 0}
    return published.call(metrc, report, ByHand.ACCEPT, ids, lambda: _row(said), TAKEN)


def look(metrc: Metrc, report: Report) -> Look:
    """What METRC has of it is compared by the mirror; here it only counts whether METRC has anything."""
    if _waits(metrc, report):
        return Look(Seen.ABSENT, _("METRC still shows the packages as shipped."))
    return Look(Seen.THERE, _("METRC shows them received."), {}, TAKEN)


def _waits(metrc: Metrc, report: Report) -> bool:
    return any(row.shipment_package_state in WAITS for row in metrc.delivery_packages(report.payload["delivery"]))


def _row(said: dict) -> Receipt:
    packages = [
        ReceivedPackage(
            package_label=one["tag"],
            shipment_package_state=WORDS[one["decision"]],
            received_quantity=Decimal(one["quantity"]),
            received_unit_of_measure_name=one["unit"],
            note=one["reason"],
        )
        for one in said["packages"]
    ]
    return Receipt(transfer_id=said["transfer"], shipment_delivery_id=said["delivery"], packages=packages)
