"""Ways out for a retailer: cancel with its effects told first, or ask for it when picking has started."""

from django.contrib import messages as notes
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.orders import rules
from apps.orders.actions.effects import of_cancelling

from . import asking
from .receiving import page_of


@require_http_methods(["GET", "POST"])
@asking.members
def cancel(request: HttpRequest, number: str):
    """The preview writes nothing; what is confirmed is the version it showed."""
    order = asking.bought(request, number, "cancel")
    refused = None
    if request.method == "POST":
        refused = asking.moved(request, order, "cancel", _reason(request) | _kept(request))
        if refused is None:
            notes.success(request, _("Order %(number)s is cancelled.") % {"number": number})
            return redirect("orders:detail", number)
        order = asking.order_of(request, number)
    context = page_of(request, order, "cancel", refused) | {
        "effects": of_cancelling(order),
        "reasons": rules.Why.choices,
    }
    return render(request, "orders/cancel.html", context, status=refused.status if refused else 200)


@require_http_methods(["GET", "POST"])
@asking.members
def ask_cancel(request: HttpRequest, number: str):
    order = asking.bought(request, number, "request_cancel")
    refused = None
    if request.method == "POST":
        refused = asking.moved(request, order, "request_cancel", _reason(request))
        if refused is None:
            notes.success(
                request, _("%(seller)s is asked to cancel it and will answer.") % {"seller": order.seller_name}
            )
            return redirect("orders:detail", number)
        order = asking.order_of(request, number)
    context = page_of(request, order, "request_cancel", refused) | {"reasons": rules.Why.choices}
    return render(request, "orders/ask_cancel.html", context, status=refused.status if refused else 200)


def _kept(request: HttpRequest) -> dict:
    return {"keep_backorders": True} if "keep_backorders" in request.POST else {}


def _reason(request: HttpRequest) -> dict:
    found = {"reason": request.POST.get("reason", "")[:14], "text": request.POST.get("text", "")[:1000]}
    return {name: value for name, value in found.items() if value}
