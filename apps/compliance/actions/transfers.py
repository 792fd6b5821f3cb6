"""Filing a transfer: the manifest's next version and the report that makes METRC's template of it; and voiding it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.compliance.models import Driver, Facility, Manifest, Report, Vehicle
from apps.core.errors import Refused

from . import filing, registering, repacking
from .moving import locked, move

Kind, State = rules.Kind, rules.State
NOT_GONE_OUT = repacking.NOT_GONE_OUT


@transaction.atomic
def file_transfer(
    *,
    organization: Organization,
    order_number: str,
    version: int,
    lines: Sequence[rules.TransferLine],
    shipper_license: str,
    recipient_license: str,
    driver: Driver,
    vehicle: Vehicle,
    departs_at: datetime,
    arrives_at: datetime,
    by,
    now: datetime,
    recipient: Organization | None = None,
    recipient_name: str = "",
    recipient_address: str = "",
    route: str = "",
    invoice_number: str = "",
) -> Report:
    """The state hears that an order ships: manifest version `version` (immutable) and its report, QUEUED. Filed again
    with the same contents it is the same report. A version before it that has not gone out is superseded; one that has
    must be voided first (`void-first`). `recipient` may read the manifest."""
    facility = filing.facility_of(organization, shipper_license)
    filing.lock_open(facility, order_number)
    _checked(facility, lines, recipient_license, departs_at, arrives_at)
    payload = {
        "order": order_number,
        "version": version,
        "recipient": recipient_license,
        "driver": {"id": str(driver.pk), "name": driver.name, "hint": driver.hint},
        "vehicle": {"make": vehicle.make, "model": vehicle.model, "plate": vehicle.plate},
        "departs_at": departs_at.isoformat(),
        "arrives_at": arrives_at.isoformat(),
        "route": route or _("Direct to %(place)s") % {"place": recipient_name or recipient_license},
        "invoice": invoice_number,
        "type": facility.transfer_type,
        "lines": [line.plain() for line in lines],
    }
    key = rules.transfer_key(facility.number, order_number, version)
    older = _make_way(facility, order_number, key, by)
    report = filing.file(
        facility=facility,
        kind=Kind.TRANSFER_CREATE,
        key=key,
        payload=payload,
        lanes=[rules.order_lane(order_number), *(rules.package_lane(line.tag) for line in lines)],
        deadline=departs_at,
        by=by,
        order_number=order_number,
        supersedes=older,
    )
    to = {"license": recipient_license, "name": recipient_name, "address": recipient_address}
    _print(report, facility, driver, to, recipient)
    return report


def _checked(facility: Facility, lines, recipient_license: str, departs_at: datetime, arrives_at: datetime) -> None:
    """What METRC refuses anyway, said while the form is still open."""
    tags = [line.tag for line in lines]
    wrong = {
        "lines": not lines or len(set(tags)) < len(tags) or not all(tags),
        "recipient_license": not recipient_license or recipient_license == facility.number,
        "arrives_at": arrives_at <= departs_at,
    }
    said = {
        "lines": _("Every package needs a METRC tag, and each goes on the manifest once."),
        "recipient_license": _("A transfer goes to another licence."),
        "arrives_at": _("Arrival comes after departure."),
    }
    errors = {name: [said[name]] for name, is_wrong in wrong.items() if is_wrong}
    if errors:
        raise Refused(
            " ".join(text for [text] in errors.values()), code="manifest-incomplete", status=422, errors=errors
        )


def _make_way(facility: Facility, order_number: str, key: str, by) -> Report | None:
    """Earlier versions of the order's manifest: closed where METRC has none of them. Returns the newest."""
    older = facility.reports.filter(kind=Kind.TRANSFER_CREATE, order_number=order_number).exclude(business_key=key)
    if facility.reports.filter(business_key=key).exists():
        return older.last()
    for pk in older.open().order_by("pk").values_list("pk", flat=True):
        report = locked(pk)
        if report.may_exist or report.state not in NOT_GONE_OUT:
            raise Refused(
                _("%(report)s may have reached METRC: void that manifest first.") % {"report": report.number},
                code="void-first",
            )
        move(report, State.SUPERSEDED, by=by, why=key)
    return older.order_by("pk").last()


def _print(report: Report, facility: Facility, driver: Driver, to: dict, recipient: Organization | None) -> None:
    """The version as it will always read. Filed before, it stands already."""
    document = {
        **report.payload,
        "recipient": to,
        "shipper": {
            "name": facility.organization.name,
            "license": facility.number,
            "site": facility.location.name,
            "phone": facility.phone,
            "zone": facility.location.zone,
        },
        "made_at": report.created_at.isoformat(),
        "made_by": report.filed_by,
        "report": report.number,
        "mark": report.mark,
    }
    Manifest.objects.get_or_create(
        report=report,
        defaults={
            "organization": facility.organization,
            "recipient": recipient,
            "order_number": report.order_number,
            "version": report.payload["version"],
            "driver": driver,
            "document": document,
            "sha256": rules.digest(document),
        },
    )


@transaction.atomic
def void_transfer(*, organization: Organization, order_number: str, by, why: str, now: datetime) -> Report | None:
    """The order doesn't ship after all. What never went out is cancelled at once, new packages for it too; else a
    report takes METRC's template away, or asks a person to void the registered transfer there, and is CONFIRMED once
    METRC shows it. A new package that was made stays what it is. Returns the report that says how it ended or will end;
    None where nothing was filed."""
    if not why.strip():
        raise Refused(_("Say why the manifest is voided."), code="reason-required", status=422)
    filed = Report.objects.filter(organization=organization, kind=Kind.TRANSFER_CREATE, order_number=order_number)
    newest = filed.exclude(state__in=(State.CANCELLED, State.SUPERSEDED)).order_by("pk").last()
    if newest is None:
        return None
    filing.lock_open(newest.facility, order_number)
    report = locked(newest.pk)
    registering.close(report.pk, State.CANCELLED, str(by))
    repacking.withdraw(facility=report.facility, order_number=order_number, by=by, why=why)
    if not report.may_exist and report.state in NOT_GONE_OUT:
        return move(report, State.CANCELLED, by=by, why=why)
    return filing.file(
        facility=report.facility,
        kind=Kind.TRANSFER_VOID,
        key=rules.void_key(report.facility.number, order_number, report.payload["version"]),
        payload={"order": order_number, "report": report.pk, "why": why[:400]},
        lanes=[rules.order_lane(order_number)],
        deadline=now + rules.DEADLINES[Kind.TRANSFER_VOID],
        by=by,
        order_number=order_number,
    )
