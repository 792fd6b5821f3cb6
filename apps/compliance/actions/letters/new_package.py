"""A new package out of another one: a POST under a tag that METRC takes once, and GET by that tag to see whether it is
there (metrc.md §1.7)."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.compliance.models import Report
from apps.compliance.rules import State
from apps.gateways.base import Declined
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Ingredient, NewPackage, Package

from .outcome import Look, Outcome, Seen

NOT_THERE = 404


def send(metrc: Metrc, report: Report) -> Outcome:
    """In the source's own unit, never converted. Said again, it is looked up once more before it is: the first call may
    have arrived late, and METRC would refuse a tag of its own package."""
    if report.sends > 1 and (there := look(metrc, report).outcome):
        return there
    said = report.payload
    quantity = Decimal(said["quantity"])
    accepted = metrc.create_packages(
        NewPackage(
            tag=said["tag"],
            quantity=quantity,
            unit_of_measure=said["unit"],
            actual_date=date.fromisoformat(said["date"]),
            ingredients=[Ingredient(said["source"], quantity, said["unit"])],
            location=said["location"] or None,
            note=f"{report.mark} {said['order']}",
        )
    )
    found = {"package_id": accepted.ids[0]} if accepted.ids else {}
    return Outcome(State.CONFIRMED, found | {"warnings": accepted.warnings[:400]})


def look(metrc: Metrc, report: Report) -> Look:
    """The same tag, quantity and source prove it; no package of that tag proves the contrary."""
    try:
        package = metrc.package(report.payload["tag"])
    except Declined as refused:
        if refused.status == NOT_THERE:
            return Look(Seen.ABSENT, _("METRC has no package of this tag."))
        raise
    if not _same(package, report.payload):
        return Look(Seen.UNSURE, _("METRC has a package of this tag that is not as we filed it."), _plain(package))
    outcome = Outcome(State.CONFIRMED, {"package_id": package.id})
    return Look(Seen.THERE, _("METRC has the new package."), _plain(package), outcome)


def _same(package: Package, said: dict) -> bool:
    sources = [label.strip() for label in package.source_package_labels.split(",")]
    amount = (package.quantity, package.unit_of_measure_name) == (Decimal(said["quantity"]), said["unit"])
    return amount and said["source"] in sources


def _plain(package: Package) -> dict:
    return {
        "label": package.label,
        "quantity": str(package.quantity),
        "unit": package.unit_of_measure_name,
        "source": package.source_package_labels,
    }
