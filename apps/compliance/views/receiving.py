"""Receiving: what is on its way, what was found in it, what to press at METRC's site, and what METRC shows."""

from functools import wraps

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from apps.compliance import actions, forms, incoming, photos, rules
from apps.compliance.models import ReceiptLine, Transfer
from apps.core.errors import Refused
from apps.core.keyset import BadCursor, page
from apps.core.models import StreamTopic

SIZE = 40
LIMIT = 15  # minutes until METRC's mirror is stale (LOOK §3)


def members(view):
    """For members of an organization; never kept by anything between us and them."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.membership is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(vary_on_headers("X-Fragment", "Cookie")(cache_control(private=True, no_cache=True)(guarded)))


@require_safe
@members
def listing(request: HttpRequest):
    context = _live(request) | {"fragment": request.get_full_path(), "now": timezone.now()}
    found = incoming.transfers(request.membership)
    if request.GET.get("state") == "over":
        context |= _over(request, found, context["now"])
    else:
        context |= {"tab": "open", "arrivals": incoming.waiting(request.membership, context["now"])}
    context |= _read(incoming.facilities(request.membership)) | {"open_count": incoming.still_open(found).count()}
    part = request.headers.get("X-Fragment")
    return render(request, "compliance/_arrivals.html" if part else "compliance/receiving.html", context)


def _over(request: HttpRequest, found, now) -> dict:
    rows = incoming.over(found).annotate(key=incoming.F("created_at"))
    try:
        shown = page(rows, size=SIZE, cursor=request.GET.get("cursor", ""), descending=True)
    except BadCursor:
        shown = page(rows, size=SIZE, descending=True)
    ways = {way: cursor and f"?state=over&cursor={cursor}" for way, cursor in _ways(shown)}
    return {"tab": "over", "arrivals": incoming.arrivals(shown.rows, now)} | ways


def _ways(shown):
    return (("next", shown.next), ("previous", shown.previous))


@require_http_methods(["GET", "HEAD", "POST"])
@members
def one(request: HttpRequest, pk: int):
    """A transfer: its packages to be decided about, or how far what was found is."""
    transfer = _transfer(request, pk)
    if request.method != "POST":
        return _shown(request, transfer)
    _needs(request, transfer)
    packages = list(transfer.packages.order_by("label"))
    if "all" in request.POST:
        return _file(request, transfer, forms.as_shipped(packages))
    findings = forms.Findings(packages, request.POST, request.FILES)
    if findings.errors:
        return _shown(request, transfer, errors=findings.errors)
    return _file(request, transfer, findings.found)


def _file(request: HttpRequest, transfer: Transfer, found):
    said = request.POST.get("replaces", "")
    try:
        actions.file_accept(
            organization=request.organization,
            transfer=transfer,
            found=found,
            by=request.user,
            now=timezone.now(),
            replaces=int(said) if said.isascii() and said.isdigit() and len(said) < 18 else None,
        )
    except Refused as refused:
        return _shown(request, transfer, refused=refused, errors=refused.errors or {})
    notes.success(request, _("Kept. The goods stay in quarantine until METRC shows the same."))
    return redirect("compliance:receive", transfer.pk)


@require_POST
@members
def act(request: HttpRequest, pk: int, verb: str):
    """`done`: it was pressed in METRC, look now. `adopt`: METRC's answer is right."""
    transfer = _transfer(request, pk)
    _needs(request, transfer)
    report = actions.report_of(transfer)
    if verb not in ("done", "adopt") or report is None:
        raise Http404
    try:
        if verb == "done":
            actions.say_done(report=report, by=request.user, now=timezone.now())
            notes.info(request, _("METRC is read now, and every half minute until it shows it."))
        else:
            actions.adopt(report=report, by=request.user)
            notes.success(request, _("METRC's answer counts. What you found stays written beside it."))
    except Refused as refused:
        return _shown(request, transfer, refused=refused)
    return redirect("compliance:receive", pk)


@require_safe
@members
def photo(request: HttpRequest, pk: int):
    """A picture of a package, for the organization alone and kept by nothing on the way."""
    own = ReceiptLine.objects.filter(report__facility__in=incoming.facilities(request.membership), has_photo=True)
    line = get_object_or_404(own, pk=pk)
    response = HttpResponse(line.open_photo(), content_type=photos.KEPT_AS)
    response["Content-Disposition"] = f'inline; filename="package-{line.label[-7:]}.jpg"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _transfer(request: HttpRequest, pk: int) -> Transfer:
    return get_object_or_404(incoming.transfers(request.membership), pk=pk)


def _needs(request: HttpRequest, transfer: Transfer) -> None:
    if not incoming.may_receive(request.membership, transfer.facility):
        raise PermissionDenied


def _shown(request: HttpRequest, transfer: Transfer, *, refused: Refused | None = None, errors: dict | None = None):
    context = _live(request) | {"fragment": request.path, "now": timezone.now()}
    arrival = incoming.arrival(_transfer(request, transfer.pk), context["now"])
    again = "again" in request.GET or "replaces" in request.POST
    counting = arrival.standing in ("count", "elsewhere") or (again and arrival.standing in ("press", "differs"))
    rows = incoming.rows(transfer, arrival.report)
    context |= _read([transfer.facility]) | {
        "arrival": arrival,
        "transfer": transfer,
        "report": arrival.report,
        "rows": rows,
        "counting": _counting(request, rows, errors or {}) if counting else [],
        "replaces": arrival.report.pk if arrival.report and again else "",
        "errors": [(text, f"d-{tag}") for tag, texts in (errors or {}).items() for text in texts],
        "refused": refused,
        "steps": _steps(arrival),
        "may": incoming.may_receive(request.membership, transfer.facility),
        "site": actions.site_of(transfer.facility),
        "zone": transfer.facility.location.zone,
    }
    template = "compliance/_receive.html" if request.headers.get("X-Fragment") else "compliance/receive.html"
    status = refused.status if refused else 422 if errors else 200
    return render(request, template, context, status=status)


def _counting(request: HttpRequest, rows: list[incoming.Row], errors: dict) -> list[dict]:
    """The form's packages with what was typed, what was found before, or everything as shipped."""
    return [_fields(request, row, errors.get(row.package.label, [])) for row in rows]


def _fields(request: HttpRequest, row: incoming.Row, errors: list[str]) -> dict:
    tag, line, typed = row.package.label, row.line, request.POST
    shipped = row.package.shipped_quantity
    return {
        "package": row.package,
        "decision": typed.get(f"d-{tag}", line.decision if line else "accept"),
        "quantity": typed.get(f"q-{tag}", _plain(line.quantity if line and line.decision == "adjust" else shipped)),
        "reason": typed.get(f"r-{tag}", line.reason if line else ""),
        "errors": errors,
    }


def _plain(quantity) -> str:
    return "" if quantity is None else f"{quantity.normalize():f}"


def _steps(arrival: incoming.Arrival) -> list[dict]:
    """Counted here, pressed in METRC, shown by METRC."""
    last = _("METRC shows the same")
    if arrival.standing == "differs":
        last = _("METRC has another answer")
    elif arrival.report and arrival.report.state == rules.State.ADOPTED:
        last = _("METRC's answer taken")
    words = {"box": _("Counted here"), "person": _("Done in METRC"), "double-check": last}
    at = {"count": 0, "elsewhere": 0, "voided": 0, "differs": 2, "confirmed": 3}.get(arrival.standing, 1)
    dots = {"past": "done", "here": "at", "asks": "warn", "later": ""}
    steps = []
    for place, (icon, word) in enumerate(words.items()):
        kind = "past" if place < at else "later" if place > at else "asks" if at else "here"
        steps.append({"word": word, "icon": "check" if place < at else icon, "kind": kind, "dot": dots[kind]})
    return steps


def _live(request: HttpRequest) -> dict:
    """The topic and its last number, read before the rows: nothing that happens between the two is missed."""
    topic = actions.topic_of(request.organization.pk)
    seq = StreamTopic.objects.filter(pk=topic).values_list("seq", flat=True).first() or 0
    return {"topic": topic, "seq": seq}


def _read(facilities) -> dict:
    as_of, away_since = incoming.read_at(facilities)
    return {"as_of": as_of, "away_since": away_since, "limit": LIMIT, "any_facility": bool(facilities)}
