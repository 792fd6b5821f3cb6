"""At the retailer's door and after: confirm what arrived by line, dispute it, ask for a return, follow the van."""

from decimal import Decimal

from django.contrib import messages as notes
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.core.errors import Refused
from apps.orders.actions import choices
from apps.orders.forms.photos import attached
from apps.orders.models import Order, OrderLine
from apps.orders.rules.amounts import read_quantity

from . import asking
from .told import lines_of

SILENT = 2 * 3600  # seconds without a word from the van after which the page says so


@require_http_methods(["GET", "POST"])
@asking.members
def receive(request: HttpRequest, number: str):
    """T27: each line as it was delivered, to be lowered where less is there."""
    order = asking.bought(request, number, "confirm")
    said = _("Receipt of order %(number)s is confirmed.") % {"number": number}
    return _page(request, order, "confirm", "orders/receive.html", _received, said)


@require_http_methods(["GET", "POST"])
@asking.members
def dispute(request: HttpRequest, number: str):
    """T28: the lines concerned, and why."""
    order = asking.bought(request, number, "dispute")
    said = _("The delivery is disputed. It is not confirmed by itself any more; the wholesaler proposes a settlement.")
    return _page(request, order, "dispute", "orders/dispute.html", _disputed, said)


@require_http_methods(["GET", "POST"])
@asking.members
def ask_return(request: HttpRequest, number: str):
    """T30: so much of which line, and why."""
    order = asking.bought(request, number, "ask_return")
    said = _("The wholesaler is asked to take the goods back, and will answer.")
    return _page(request, order, "ask_return", "orders/return.html", _returned, said)


@require_safe
@asking.members
def track(request: HttpRequest, number: str):
    """The van's way, step by step."""
    order = asking.order_of(request, number)
    now, seq = timezone.now(), asking.seq_of(order.topic)
    events = list(order.track.all())
    silent = bool(events) and order.state == "SHIPPED" and (now - events[-1].at).total_seconds() > SILENT
    context = {
        "order": order,
        "track": events[::-1],
        "now": now,
        "seq": seq,
        "silent": silent,
        "fragment": request.path,
    }
    part = request.headers.get("X-Fragment")
    return render(request, "orders/_track.html" if part else "orders/track.html", context)


@require_safe
@asking.members
def shown(request: HttpRequest, number: str):
    """The photos of a dispute; with `n` one of them as it is."""
    order = asking.order_of(request, number)
    if n := request.GET.get("n", ""):
        found = order.photos.all()[int(n) - 1 : int(n)] if n in map(str, range(1, 100)) else []
        if not found:
            raise Http404
        answer = HttpResponse(bytes(found[0].image), content_type=f"image/{found[0].kind}")
        answer["Content-Disposition"] = f'inline; filename="order-{number}-{n}.{found[0].kind}"'
        return answer
    rows = order.photos.defer("image")
    return render(request, "orders/photos.html", {"order": order, "photos": rows, "now": timezone.now()})


def page_of(request: HttpRequest, order: Order, action: str, refused: Refused | None) -> dict:
    """What a move's page shows: the order, why it can't be made now if so, what was typed, and the refusal."""
    now = timezone.now()
    found = next(one for one in choices(order, asking.actor(request), now) if one.action == action)
    return {"order": order, "choice": found, "refused": refused, "typed": request.POST, "now": now}


def _page(request: HttpRequest, order: Order, action: str, template: str, read, said: str):
    lines, refused = lines_of(order), None
    if request.method == "POST":
        refused = _try(request, order, action, lines, read)
        if refused is None:
            notes.success(request, said)
            return redirect("orders:detail", order.number)
        order = asking.order_of(request, order.number)
        lines = _kept(lines_of(order), request)
    context = page_of(request, order, action, refused) | {"lines": lines}
    return render(request, template, context, status=refused.status if refused else 200)


def _try(request: HttpRequest, order: Order, action: str, lines: list[OrderLine], read) -> Refused | None:
    try:
        data = read(request, lines)
    except ValueError as error:
        return Refused(str(error), code="invalid", status=422)
    return asking.moved(request, order, action, data)


def _kept(lines: list[OrderLine], request: HttpRequest) -> list[OrderLine]:
    """What was typed stays in its field."""
    for line in lines:
        line.typed = request.POST.get(f"q-{line.pk}")
        line.why_not = request.POST.get(f"why-{line.pk}", "")
        line.ticked = f"on-{line.pk}" in request.POST
    return lines


def _received(request: HttpRequest, lines: list[OrderLine]) -> dict:
    told = []
    for line in lines:
        quantity = _amount(request, line, line.received)
        if quantity < line.received and not _why(request, line):
            raise ValueError(_("Say why %(product)s was not received in full.") % {"product": line.name})
        told.append({"id": line.pk, "received": quantity, "reason": _why(request, line)})
    return {"lines": told}


def _disputed(request: HttpRequest, lines: list[OrderLine]) -> dict:
    ticked = [line for line in lines if f"on-{line.pk}" in request.POST]
    if not ticked:
        raise ValueError(_("Tick the lines that are not right."))
    told = [{"id": line.pk, "reason": _why(request, line)} for line in ticked]
    return {"text": _text(request), "lines": told, "photos": attached(request)}


def _returned(request: HttpRequest, lines: list[OrderLine]) -> dict:
    asked = [(line, _amount(request, line, Decimal(0))) for line in lines]
    return {"text": _text(request), "lines": [{"id": line.pk, "quantity": n} for line, n in asked if n]}


def _amount(request: HttpRequest, line: OrderLine, usual: Decimal) -> Decimal:
    text = request.POST.get(f"q-{line.pk}")
    if text is None:
        return usual
    try:
        return read_quantity(text)
    except ValueError as error:
        raise ValueError(f"{line.name}: {error}")


def _why(request: HttpRequest, line: OrderLine) -> str:
    return request.POST.get(f"why-{line.pk}", "").strip()[:400]


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "").strip()[:1000]
