"""Documents of an order: which there are now, which come later, and their bytes."""

from dataclasses import dataclass

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.compliance import desk
from apps.compliance.models import Manifest
from apps.core.errors import Refused
from apps.orders import documents, rules
from apps.orders.models import Order

from . import asking


@dataclass(frozen=True)
class Paper:
    """`page` is its route's name; `note` says when it is made where it isn't yet."""

    name: str | Promise
    page: str
    ready: bool
    note: str | Promise = ""


def of(order: Order) -> list[Paper]:
    left = order.state in rules.HAS_LEFT
    later = gettext_lazy("Made when the order ships")
    return [
        Paper(gettext_lazy("Order confirmation"), "orders:confirmation", order.submitted_at is not None),
        Paper(gettext_lazy("Packing list"), "orders:packing_list", left, later),
        Paper(gettext_lazy("Invoice"), "orders:invoice", order.payment != rules.Payment.UNBILLED, later),
    ]


def manifest_of(order: Order) -> Manifest | None:
    """The manifest the goods travel with, once it is filed; none while it is voided or none is needed."""
    if order.compliance in (rules.Compliance.NOT_REQUIRED, rules.Compliance.VOIDED):
        return None
    return desk.manifest_of(order.seller_id, order.number, order.manifest_version)


@require_safe
@asking.members
def paper(request: HttpRequest, number: str, kind: str):
    order = asking.order_of(request, number)
    ready = {one.page: one.ready for one in of(order)}
    try:
        if not ready[f"orders:{kind.replace('-', '_')}"]:
            raise Refused(_("This document is not made yet."), code="not-yet")
        drawn = documents.render(kind, order)
    except Refused as refused:
        notes.error(request, refused.detail)
        return redirect("orders:detail", number)
    answer = HttpResponse(drawn, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="order-{order.number}-{kind}.pdf"'
    return answer
