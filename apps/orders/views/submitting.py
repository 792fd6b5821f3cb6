"""Review and submit: totals, terms to agree to by name, the delivery slot, and everything that stands against it."""

from django.contrib import messages as notes
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.rules import Unconfirmed
from apps.core.errors import Refused
from apps.core.look.text import when
from apps.orders import rules
from apps.orders.actions.cart import cart
from apps.orders.forms import Submit
from apps.orders.models import Order
from apps.orders.rules.slots import Slot

from . import asking
from .told import lines_of

WHERE = {  # which part of the page a refusal is about
    "insufficient-stock": "lines",
    "quantity-rule": "lines",
    "no-price": "lines",
    "price-changed": "prices",
    "order-minimum": "total",
    "credit-limit": "credit",
    "terms-unknown": "id_terms",
    "licence-invalid": "delivery",
    "slot-closed": "slot",
    "slot-unknown": "slot",
    "version-mismatch": "lines",
}


@require_http_methods(["GET", "POST"])
@asking.members
def submit(request: HttpRequest, number: str):
    order = asking.bought(request, number, "submit")
    if order.state != rules.State.DRAFT:
        return redirect("orders:detail", number)
    kept = request.session.pop(_kept_as(order), {}) if request.method == "GET" else {}
    first = {"on_short": order.on_short, "slot": request.session.get(_wished_as(order))}
    form = Submit(request.POST or None, initial=first | kept)
    refused = None
    if request.method == "POST" and form.is_valid():
        refused = asking.moved(request, order, "submit", _data(request, form))
        if refused is None:
            _tell(request, number)
            return redirect("orders:detail", number)
    if isinstance(refused, Unconfirmed):
        request.session[_kept_as(order)] = {name: request.POST.get(name, "") for name in form.fields}
        return asking.confirm(request.path, reverse("orders:detail", args=[number]))
    return _shown(request, order, form, refused, came_back=bool(kept) and asking.actor(request).fresh)


def wish(request: HttpRequest, order: Order, slot: Slot) -> None:
    """The page of the draft's submission proposes this delivery."""
    request.session[_wished_as(order)] = f"{slot.date:%Y-%m-%d} {slot.window.starts:%H:%M}"


def _wished_as(order: Order) -> str:
    return f"slot:{order.pk}"


def _kept_as(order: Order) -> str:
    """Where a session keeps what was typed while its owner shows that it is them."""
    return f"submitting:{order.pk}"


def _data(request: HttpRequest, form: Submit) -> dict:
    """The form as the verb takes it; what was left open takes the rules' default."""
    wanted = form.cleaned_data
    data = {"signed_by": wanted["signed_by"], "on_short": wanted["on_short"]}
    if wanted["terms"]:
        data["terms"] = wanted["terms"]
    if wanted["slot"]:
        data["deliver_date"], data["deliver_starts"] = wanted["slot"]
    return data | ({"accept_prices": True} if "accept_prices" in request.POST else {})


def _tell(request: HttpRequest, number: str) -> None:
    order = asking.order_of(request, number)
    words = {"seller": order.seller_name, "at": when(order.hold_until, order.deliver_zone)}
    notes.success(request, _("%(seller)s has your order. Its stock is held until %(at)s.") % words)


def _shown(request: HttpRequest, order: Order, form: Submit, refused: Refused | None, *, came_back: bool = False):
    """`came_back`: from showing that it is them, with what was typed before."""
    fresh = asking.order_of(request, order.number)
    found = cart(fresh, lines_of(fresh), timezone.now())
    errors = [(text, f"id_{name}") for name, texts in form.errors.items() for text in texts]
    if refused:
        texts = [text for texts in refused.errors.values() for text in texts] or [refused.detail]
        errors += [(text, WHERE.get(refused.code, "lines")) for text in texts]
    against = [one for one in found.against() if one[0] not in {text for text, _where in errors}]
    context = {"order": fresh, "cart": found, "form": form, "errors": errors, "against": against}
    context |= {"now": timezone.now(), "refused": refused, "waits": found.terms.payment.days}
    limit = request.organization.limit
    asks = order.total > limit and not asking.actor(request).fresh
    context |= {"came_back": came_back, "limit": limit if asks else None}
    status = refused.status if refused else 422 if errors else 200
    return render(request, "orders/submit.html", context, status=status)
