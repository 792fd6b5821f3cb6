"""Filing: a report is written in the transaction of the act it tells of, once for each act."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.compliance.models import Facility, Report, Word
from apps.core import jobs
from apps.core.errors import Refused

from .moving import written

Kind, State = rules.Kind, rules.State


class ConflictingReport(Refused):
    """The same act was filed before with other contents."""

    code = "conflicting-report"


def facility_of(organization: Organization, number: str) -> Facility:
    """The organization's own licence. Refused where METRC has not been set up for it."""
    found = Facility.objects.reported().filter(organization=organization, number=number).first()
    if found is None:
        raise Refused(
            _("%(number)s has no METRC key. Add it under METRC facilities.") % {"number": number or _("This location")},
            code="no-license",
            status=422,
        )
    return found


def file(
    *, facility: Facility, kind: str, key: str, payload: dict, lanes: Iterable[str], deadline: datetime, by, **fields
) -> Report:
    """The report of an act. Filed again with the same contents it is the same report; with others it is refused."""
    digest = rules.digest(payload)
    values = {
        "organization_id": facility.organization_id,
        "facility": facility,
        "kind": kind,
        "payload": payload,
        "payload_sha256": digest,
        "lanes": sorted(set(lanes)),
        "deadline_at": deadline,
        "filed_by": str(by)[:200],
        **fields,
    }
    try:
        with transaction.atomic():
            report = Report.objects.create(business_key=key, **values)
    except IntegrityError:
        return _filed_before(key, digest)
    written(report, by)
    wake(facility)
    return report


def _filed_before(key: str, digest: str) -> Report:
    report = Report.objects.select_related("facility").get(business_key=key)
    if report.payload_sha256 != digest:
        raise ConflictingReport(_("%(report)s says something else of the same act.") % {"report": report.number})
    return report


def wake(facility: Facility, *, after: float = 0) -> None:
    """A worker looks at the licence's queue after this transaction, or so many seconds later."""
    jobs.enqueue(
        "compliance.send_reports",
        key=str(facility.pk),
        queue="sync",
        after=after,
        organization=facility.organization_id,
        facility_id=str(facility.pk),
    )


def lock_open(facility: Facility, order_number: str) -> None:
    """What is under way about an order, locked before anything is written of it: a worker that ends one of them waits,
    and nobody waits for it (the licence's audit chain is locked last)."""
    own = {"organization": facility.organization_id, "order_number": order_number}
    mine = Report.objects.filter(**own, facility=facility).open()
    list(mine.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def file_adjustment(
    *,
    organization: Organization,
    license_number: str,
    tag: str,
    delta: Decimal,
    unit: str,
    reason: str,
    movement: str,
    by,
    now: datetime,
    note: str = "",
) -> Report:
    """A package holds `delta` more or less than before (signed, in the package's own unit): sales in between survive,
    as a final quantity would not. `movement` names the stock movement; `reason` is METRC's own word."""
    facility = facility_of(organization, license_number)
    key = rules.adjust_key(facility.number, movement)
    return _adjust(facility, Kind.PACKAGE_ADJUST, key, tag, delta, unit, reason, note, by, now)


def file_correction(
    *,
    organization: Organization,
    license_number: str,
    tag: str,
    counted: Decimal,
    book: Decimal,
    unit: str,
    reason: str,
    count: str,
    by,
    now: datetime,
    note: str = "",
) -> Report:
    """A count found `counted` where the book said `book` at that moment; `count` names the line of the count."""
    facility = facility_of(organization, license_number)
    key = rules.audit_key(facility.number, count)
    return _adjust(facility, Kind.AUDIT_CORRECTION, key, tag, counted - book, unit, reason, note, by, now)


def _adjust(facility, kind, key, tag, delta, unit, reason, note, by, now) -> Report:
    if not delta.is_finite() or not delta:
        raise Refused(_("An adjustment changes a quantity; this one is 0."), code="no-change", status=422)
    _known(facility, reason)
    payload = {
        "tag": tag,
        "delta": str(delta),
        "unit": unit,
        "reason": reason,
        "note": note[:200],
        "date": now.astimezone(facility.zone).date().isoformat(),
    }
    lanes = [rules.package_lane(tag)]
    deadline = now + rules.DEADLINES[kind]
    return file(facility=facility, kind=kind, key=key, payload=payload, lanes=lanes, deadline=deadline, by=by)


def _known(facility: Facility, reason: str) -> None:
    """An unknown reason blocks the form, not the queue. Reasons not read yet are not "none"."""
    names = set(Word.objects.filter(facility=facility, kind=Word.Kind.REASON).values_list("name", flat=True))
    if not reason or (names and reason not in names):
        said = ", ".join(sorted(names))
        raise Refused(
            _("METRC doesn't know the reason “%(reason)s” for this licence. It knows: %(names)s.")
            % {"reason": reason, "names": said},
            code="unknown-reason",
            status=422,
            errors={"reason": [_("Take one of METRC's own.")]},
        )
