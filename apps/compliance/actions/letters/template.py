"""A transfer template: METRC's half of a manifest. A person registers it there, and METRC gives its number."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.compliance.models import Report
from apps.compliance.rules import State
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Destination, Leg, Line, Template

from .outcome import Look, Outcome, Seen, since_sent


def send(metrc: Metrc, report: Report) -> Outcome:
    accepted = metrc.create_transfer_template(_template(report))
    found = {"template_id": accepted.ids[0]} if accepted.ids else {}
    return Outcome(State.ASSIST, found | {"warnings": accepted.warnings[:400]})


def look(metrc: Metrc, report: Report) -> Look:
    """By its name, which holds our mark: among the templates, and among transfers that somebody registered already."""
    rows = {row.id: row for window in since_sent(report) for row in metrc.find_templates(report.template_name, *window)}
    if rows:
        first = min(rows)
        why = _("METRC has the template.") if len(rows) == 1 else _("METRC has %(n)s of them.") % {"n": len(rows)}
        found = {"template_id": first, "times": len(rows)}
        return Look(Seen.THERE, why, {"templates": sorted(rows)}, Outcome(State.ASSIST, found))
    transfers = (row for window in since_sent(report) for row in metrc.transfers("outgoing", *window))
    for row in transfers:
        if row.name == report.template_name:
            why = _("METRC registered it already.")
            return Look(Seen.THERE, why, {"transfer": row.id}, Outcome(State.ASSIST, {"transfer_id": row.id}))
    return Look(Seen.ABSENT, _("METRC has no template of that name."))


def _template(report: Report) -> Template:
    """As it was filed, with what is kept sealed until now: the driver's licence and permit."""
    said = report.payload
    leg = _leg(report)
    return Template(
        name=report.template_name,
        transporter_facility_license_number=report.facility.number,
        driver_name=leg.driver_name,
        driver_license_number=leg.driver_license_number,
        driver_occupational_license_number=leg.driver_occupational_license_number,
        vehicle_make=leg.vehicle_make,
        vehicle_model=leg.vehicle_model,
        vehicle_license_plate_number=leg.vehicle_license_plate_number,
        phone_number_for_questions=leg.phone_number_for_questions,
        destinations=[
            Destination(
                recipient_license_number=said["recipient"],
                transfer_type_name=said["type"],
                planned_route=said["route"],
                estimated_departure_local=leg.estimated_departure_local,
                estimated_arrival_local=leg.estimated_arrival_local,
                transporters=[leg],
                packages=[_line(line) for line in said["lines"]],
                invoice_number=said["invoice"] or None,
            )
        ],
    )


def _leg(report: Report) -> Leg:
    said, vehicle = report.payload, report.payload["vehicle"]
    licence, permit = report.manifest.driver.open()
    return Leg(
        transporter_facility_license_number=report.facility.number,
        driver_name=said["driver"]["name"],
        driver_license_number=licence,
        driver_occupational_license_number=permit,
        vehicle_make=vehicle["make"],
        vehicle_model=vehicle["model"],
        vehicle_license_plate_number=vehicle["plate"],
        phone_number_for_questions=report.facility.phone,
        estimated_departure_local=_local(said["departs_at"], report),
        estimated_arrival_local=_local(said["arrives_at"], report),
    )


def _line(line: dict) -> Line:
    return Line(line["tag"], wholesale_price=Decimal(line["price"]) if line["price"] else None)


def _local(moment: str, report: Report) -> datetime:
    """The shipper's wall clock, to the minute."""
    here = datetime.fromisoformat(moment).astimezone(report.facility.zone)
    return here.replace(tzinfo=None, second=0, microsecond=0)
