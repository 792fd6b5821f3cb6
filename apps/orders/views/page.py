"""An order's page: where it stands, what is proposed, its lines, what one can do, its story and its conversation."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.rules import Unconfirmed
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import choices, messages
from apps.orders.models import Order, finding
from apps.orders.rules import taxes

from . import asking, drafts, papers
from .redline import redline
from .stepping import place_of, stepper, timeline
from .told import columns, lines_of

PAGES = {  # where each of a retailer's moves is made; the rest stand on the order's page itself
    "cancel": "orders:cancel",
    "request_cancel": "orders:ask_cancel",
    "confirm": "orders:receive",
    "dispute": "orders:dispute",
    "ask_return": "orders:ask_return",
}
NAMES = {
    "cancel": _("Cancel the order"),
    "confirm": _("Check what arrived and confirm"),
    "dispute": _("Dispute the delivery"),
    "ask_return": _("Ask to return goods"),
}
ON_ITS_WAY = set(rules.State) - rules.ENDED - {rules.State.DRAFT}
TOLD = {  # in which states a move that can't be made is named, with the reason
    "cancel": ON_ITS_WAY - rules.HAS_LEFT,
    "request_cancel": set(),
    "confirm": ON_ITS_WAY,
    "dispute": {rules.State.DELIVERED},
    "ask_return": {rules.State.CONFIRMED},
}


@require_safe
@asking.members
def detail(request: HttpRequest, number: str):
    order = asking.order_of(request, number)
    if order.state == rules.State.DRAFT and order.buyer_id == request.organization.pk:
        return drafts.shown(request, order)
    return shown(request, order)


def shown(request: HttpRequest, order: Order, refused: Refused | None = None, text: str = ""):
    """The whole page, or its part after a push. `refused` stands on top, with what was typed kept in the form."""
    context = told(request, order) | {"refused": refused, "text": text}
    template = "orders/_order.html" if request.headers.get("X-Fragment") else "orders/order.html"
    return render(request, template, context, status=refused.status if refused else 200)


def told(request: HttpRequest, order: Order) -> dict:
    now, topic = timezone.now(), order.topic
    seq = asking.seq_of(topic)
    lines = lines_of(order)
    events, track = list(order.events.all()), list(order.track.all())
    found, mine = stepper(order, events), order.buyer_id == request.organization.pk
    return {
        "order": order,
        "mine": mine,
        "topic": topic,
        "seq": seq,
        "fragment": order_url(order),
        "lines": lines,
        "columns": columns(order),
        "parts": taxes.parts((line.total, line.taxes) for line in lines),
        "redline": redline(order, lines, now),
        "steps": found,
        "at": place_of(found),
        "timeline": timeline(order, events, track),
        "last": events[-1] if events else None,
        "track": track,
        "can": what_can(request, order, now),
        "messages_told": messages.read(order, request.organization),
        "returns": list(order.returns.all()) if order.state == rules.State.CONFIRMED else [],
        "alternatives": finding.alternatives(order, lines) if mine and order.state == rules.State.REJECTED else [],
        "papers": papers.of(order),
        "manifest": papers.manifest_of(order),
        "photos_count": order.photos.count() if order.state in rules.HAS_LEFT else 0,
        "now": now,
    }


def order_url(order: Order) -> str:
    return reverse("orders:detail", args=[order.number])


def what_can(request: HttpRequest, order: Order, now) -> list[dict]:
    """A retailer's moves on their pages, those that can be made first; what can't be made now says why. What is far
    from the order's state isn't told at all."""
    if order.buyer_id != request.organization.pk:
        return []
    found = {one.action: one for one in choices(order, asking.actor(request), now) if one.action in PAGES}
    told = [_told(order, one) for action, one in found.items() if one.allowed or order.state in TOLD[action]]
    return sorted(told, key=lambda one: not one["allowed"])


def _told(order: Order, choice) -> dict:
    not_yet = choice.action == "confirm" and order.state != rules.State.DELIVERED
    reason = _("Not yet. The order has not arrived.") if not_yet and choice.reason else choice.reason
    words = NAMES.get(choice.action, choice.words)
    return {"words": words, "allowed": choice.allowed, "reason": reason, "page": PAGES[choice.action]}


@require_POST
@asking.members
def answer(request: HttpRequest, number: str, verb: str):
    """The retailer's answer to what was proposed."""
    order = asking.bought(request, number, verb)
    data = {"keep": request.POST.get("keep", "yes") == "yes"} if verb == "decline" else {}
    refused = asking.moved(request, order, verb, data)
    if isinstance(refused, Unconfirmed):
        return asking.confirm(order_url(order), order_url(order))
    if refused:
        return shown(request, asking.order_of(request, number), refused)
    return redirect("orders:detail", number)


@require_POST
@asking.members
def write(request: HttpRequest, number: str):
    order, text = asking.order_of(request, number), request.POST.get("text", "")
    if not asking.may_write(request):
        raise PermissionDenied
    try:
        messages.write(
            order=order,
            by=asking.actor(request),
            text=text,
            now=timezone.now(),
            internal=request.POST.get("internal") == "yes",
        )
    except Refused as refused:
        return shown(request, order, refused, text)
    return redirect(f"{order_url(order)}#messages")
