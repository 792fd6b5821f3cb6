"""The METRC desk as a page reads it: what waits, for whom, since when; one report beside what METRC has of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from apps.compliance import rules
from apps.compliance.actions import shown_by_metrc
from apps.compliance.models import Manifest, Package, Report, Transfer
from apps.core.look.text import when

Kind, State = rules.Kind, rules.State
TARGET = timedelta(hours=1)
CLASSES = {
    "open": Q(state__in=sorted(rules.OPEN)),
    "person": Q(state__in=sorted(rules.NEED_A_PERSON)),
    "rejected": Q(state__in=[State.REJECTED, State.DEAD]),
    "unclear": Q(state__in=[State.REVIEW, State.VERIFY]),
    "assist": Q(state=State.ASSIST),
    "held": Q(state=State.HELD),
    "unknown": Q(verdict=rules.Verdict.UNKNOWN, state=State.REJECTED),
}
REFUSED = Q(kind=Kind.PACKAGE_CREATE, state=State.REJECTED)  # nothing came of it: only its own order waits
SORTS = {"oldest": "pk", "deadline": "deadline_at", "newest": "-pk"}


@dataclass(frozen=True)
class Beside:
    """One line of the comparison; `verdict` is same, differs, missing or none."""

    field: str
    sent: str
    theirs: str
    verdict: str


@dataclass(frozen=True)
class Tiles:
    """The desk's figures: how many wait for a person and since when, how many go by themselves, what today brought."""

    person: int
    oldest: timedelta | None
    late: bool
    by_itself: int
    confirmed: int
    doubled: int


def listed(reports: QuerySet[Report], *, kind: str = "", group: str = "open", license: str = "", sort: str = "oldest"):
    """The desk's list; words nobody knows count as none."""
    found = reports.filter(CLASSES.get(group, CLASSES["open"]))
    found = found.filter(kind=kind) if kind in Kind.values else found
    found = found.filter(facility__number=license) if license else found
    return found.select_related("facility__location").order_by(SORTS.get(sort, "pk"))


def tiles(reports: QuerySet[Report], now: datetime) -> Tiles:
    day = now - timedelta(hours=24)
    told = reports.aggregate(
        person=Count("pk", filter=CLASSES["person"]),
        oldest=Min("created_at", filter=CLASSES["person"]),
        by_itself=Count("pk", filter=Q(state__in=sorted(rules.BY_ITSELF))),
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED, closed_at__gte=day)),
        doubled=Count("pk", filter=Q(found__times__gt=1)),
    )
    oldest = now - told.pop("oldest") if told["oldest"] else None
    told.pop("oldest", None)
    return Tiles(**told, oldest=oldest, late=bool(oldest and oldest > TARGET))


SHORT = {
    Kind.TRANSFER_CREATE: _l("Transfer"),
    Kind.TRANSFER_REGISTER: _l("Register"),
    Kind.TRANSFER_VOID: _l("Void"),
    Kind.TRANSFER_ACCEPT: _l("Accept transfer"),
    Kind.PACKAGE_ADJUST: _l("Adjust"),
    Kind.AUDIT_CORRECTION: _l("Audit correction"),
    Kind.PACKAGE_CREATE: _l("New package"),
}
BY_HAND = {
    Kind.TRANSFER_ACCEPT: _l("METRC offers no call for this"),
    Kind.TRANSFER_CREATE: _l("A person registers it at METRC's site"),
    Kind.TRANSFER_REGISTER: _l("A person registers it at METRC's site"),
    Kind.TRANSFER_VOID: _l("A person voids it at METRC's site"),
}


def standing(report: Report, before: Report | None, now: datetime) -> str:
    """What its state means now, in a few words for the list."""
    zone = report.facility.location.zone
    if before:
        return _("Waits for %(report)s") % {"report": before.number}
    if report.state == State.RETRY_WAIT:
        told = {"at": when(report.not_before, zone, now), "n": report.sends + 1}
        return _("Next try %(at)s, attempt %(n)s") % told
    if report.state == State.SENDING:
        return _("Attempt %(n)s") % {"n": report.sends}
    if report.state == State.VERIFY:
        return _("Looked up at %(at)s, before anything is sent") % {"at": when(report.not_before, zone, now)}
    if report.state == State.ASSIST and not report.last_error:
        return str(BY_HAND.get(Kind(report.kind), ""))
    return report.last_error


def about(report: Report) -> str:
    """In a few words: Adjust −2 · …0001187, Transfer · order 1039."""
    apart = " " if report.payload.get("delta") else " · "
    return f"{SHORT[Kind(report.kind)]}{apart}{report.subject}"


def left(report: Report, now: datetime) -> timedelta | None:
    """Until its deadline; None where that has passed."""
    until = report.deadline_at - now
    return until if until > timedelta(0) else None


def blocked_by(report: Report) -> Report | None:
    """Whose turn comes first, where this one waits behind another."""
    if report.state not in (State.QUEUED, State.RETRY_WAIT, State.VERIFY):
        return None
    before = Report.objects.open().filter(facility=report.facility_id, pk__lt=report.pk, lanes__overlap=report.lanes)
    before = before.exclude(REFUSED & ~Q(order_number=report.order_number))
    return before.exclude(kind=Kind.TRANSFER_CREATE, state=State.ASSIST).order_by("-pk").first()


def blocks(report: Report) -> list[Report]:
    """Who waits behind this one."""
    if not report.is_open or (report.kind == Kind.TRANSFER_CREATE and report.state == State.ASSIST):
        return []
    behind = Report.objects.open().filter(facility=report.facility_id, pk__gt=report.pk, lanes__overlap=report.lanes)
    if report.kind == Kind.PACKAGE_CREATE and report.state == State.REJECTED:
        behind = behind.filter(order_number=report.order_number)
    return list(behind.order_by("pk")[:5])


def beside(report: Report) -> list[Beside]:
    """What we sent beside what METRC has, as the last look-up or reading showed it."""
    if report.kind in (Kind.PACKAGE_ADJUST, Kind.AUDIT_CORRECTION):
        return _adjustment(report)
    if report.kind == Kind.TRANSFER_ACCEPT:
        return [_received(report, line) for line in report.receipt.order_by("label")]
    if report.kind == Kind.PACKAGE_CREATE:
        return _new_package(report)
    return _transfer(report)


def _adjustment(report: Report) -> list[Beside]:
    said, row = report.payload, report.evidence.get("row") or report.found.get("adopted") or {}
    package = Package.objects.filter(facility=report.facility_id, label=said["tag"]).first()
    now = f"{package.quantity.normalize():f} {package.unit}" if package else ""
    return [
        _line(_("Package"), said["tag"], row.get("tag") or (package.label if package else "")),
        Beside(_("Quantity there"), "", row.get("quantity") or now, "none"),
        _line(_("Change"), _amount(said), _amount(row)),
        _line(_("Reason"), said["reason"], row.get("reason", "")),
        _line(_("Our mark"), report.mark, report.mark if report.mark in row.get("note", "") else "", bool(row)),
        Beside(_("When"), _moment(report, report.sent_at), _moment(report, package and package.modified_at), "none"),
    ]


def _moment(report: Report, at: datetime | None) -> str:
    """To the second, on the facility's clock: METRC's word is compared with ours."""
    return at.astimezone(report.facility.zone).strftime("%d %b %H:%M:%S") if at else ""


def _new_package(report: Report) -> list[Beside]:
    """The new package as METRC's mirror has it, or as the last look-up showed it; and its source as it is now."""
    said, row = report.payload, report.evidence.get("row") or {}
    shelf = Package.objects.filter(facility=report.facility_id, label__in=[said["tag"], said["source"]])
    found = {package.label: package for package in shelf}
    new, source = found.get(said["tag"]), found.get(said["source"])
    theirs = row if "label" in row else {}
    amount = _count(new.quantity, new.unit) if new else _count(theirs.get("quantity"), theirs.get("unit", ""))
    return [
        _line(_("New package"), said["tag"], new.label if new else theirs.get("label", "")),
        _line(_("Made out of"), said["source"], theirs.get("source", "")),
        _line(_("Quantity"), _count(said["quantity"], said["unit"]), amount),
        Beside(_("Left in the source"), "", _count(source.quantity, source.unit) if source else "", "none"),
        Beside(_("Order"), report.order_number, "", "none"),
    ]


def _count(quantity, unit: str) -> str:
    return "" if quantity is None else f"{Decimal(quantity).normalize():f} {unit}"


def _amount(row: dict) -> str:
    return f"{row['delta'].removesuffix('.0').replace('-', '−')} {row['unit']}" if "delta" in row else ""


def _transfer(report: Report) -> list[Beside]:
    found = report.found
    template, number = str(found.get("template_id", "")), found.get("manifest_number", "")
    lines = [Beside(_("Template"), report.template_name, template, "same" if template else "missing")]
    lines.append(Beside(_("Manifest number"), "", number, "same" if number else "missing"))
    if report.kind == Kind.TRANSFER_CREATE:
        lines += [
            Beside(_("To"), report.payload["recipient"], "", "none"),
            Beside(_("Packages"), str(len(report.payload["lines"])), "", "none"),
        ]
    return lines


def _received(report: Report, line) -> Beside:
    state, quantity = report.evidence.get(line.label, ["", ""])
    ours = f"{line.get_decision_display()} {line.quantity.normalize():f} {line.unit}"
    verdict = "missing" if not state else "differs" if line.state == "differs" else "same"
    return Beside(f"…{line.label[-7:]}", ours, f"{state} {quantity}".strip(), verdict)


def _line(field: str, sent: str, theirs: str, looked: bool = False) -> Beside:
    if not theirs:
        return Beside(field, sent, "", "missing" if looked else "none")
    return Beside(field, sent, theirs, "same" if sent == theirs else "differs")


def transfer_of(report: Report) -> Transfer | None:
    """The transfer a receipt is about."""
    if report.kind != Kind.TRANSFER_ACCEPT:
        return None
    found = Transfer.objects.filter(facility=report.facility_id, direction=Transfer.Direction.INCOMING)
    return found.filter(metrc_id=report.payload.get("transfer", 0)).first()


@dataclass(frozen=True)
class Papers:
    """A version of our manifest, what became of it, METRC's number for it ("" until there is one), and the transfer
    that holds the state's own paper, None until that was read."""

    manifest: Manifest
    report: Report
    number: str
    state: Transfer | None


def manifest_of(organization_id, order_number: str, version: int) -> Manifest | None:
    """That version, for who ships and for who receives; None where the reader is neither."""
    found = Manifest.objects.filter(organization=organization_id, order_number=order_number, version=version)
    return found.defer("document").first()


def papers_of(organization_id, order_number: str) -> list[Papers]:
    """An order's manifests, the newest first."""
    made = Manifest.objects.filter(organization=organization_id, order_number=order_number).select_related("report")
    read = Transfer.objects.filter(organization=organization_id, order_number=order_number).exclude(state_pdf=None)
    state = {one.manifest_number: one for one in read.filter(direction="outgoing").defer("state_pdf")}
    found = []
    for one in made.order_by("-version"):
        number = one.report.found.get("manifest_number", "")
        found.append(Papers(one, one.report, number, state.get(number)))
    return found


def steps(report: Report) -> list[dict]:
    """Its story, newest first: filed, each call, how it ended."""
    icons = {"send": "up", "verify": "search", "poll": "eye"}
    found = [
        {
            "icon": icons[one.purpose],
            "text": _said(one),
            "at": one.started_at,
        }
        for one in report.tries.order_by("-n")
    ]
    filed = {"icon": "draft", "text": _("Filed by %(who)s") % {"who": report.filed_by}, "at": report.created_at}
    return [*found, filed]


def _said(one) -> str:
    if one.purpose == "send":
        verdict = rules.Verdict(one.verdict).label if one.verdict in rules.Verdict.values else ""
        return _("Sent to METRC: %(what)s") % {"what": verdict or _("no answer yet")}
    return _("Looked up: %(what)s") % {"what": one.evidence.get("why", "")}


def verbs(report: Report) -> dict[str, str]:
    """What staff may do with it now: verb → why not, "" where it may."""
    waits = report.state in (State.REJECTED, State.REVIEW, State.DEAD, State.HELD)
    shown = shown_by_metrc(report)
    plain = report.kind in (Kind.PACKAGE_ADJUST, Kind.AUDIT_CORRECTION)
    twice = _("METRC already shows this change, so a second send would count it twice.")
    theirs = report.kind == Kind.TRANSFER_ACCEPT and report.state == State.REVIEW and bool(report.evidence)
    can = {
        "adopt": "" if shown or theirs or (report.kind == Kind.TRANSFER_CREATE and report.is_open) else "-",
        "look": "" if report.state == State.REVIEW else "-",
        "redrive": twice if waits and shown else "" if waits else "-",
        "edit": "" if waits and plain and not report.may_exist else "-",
        "give_up": "" if rules.may_move(report.state, State.DEAD) else "-",
        "cancel": "" if rules.may_move(report.state, State.CANCELLED) else "-",
    }
    return {verb: why for verb, why in can.items() if why != "-"}
