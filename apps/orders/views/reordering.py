"""Order again: price, stock and pack changes since then, before anything is in a draft."""

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.accounts.models import Location
from apps.core.errors import Refused
from apps.orders.actions import Asked
from apps.orders.actions.reordering import again

from . import asking, drafts
from .told import lines_of


@require_http_methods(["GET", "POST"])
@asking.members
def reorder(request: HttpRequest, number: str):
    order = asking.bought(request, number, "edit")
    if not asking.may_buy(request, order.location_id):
        raise PermissionDenied
    found, refused = again(order, lines_of(order), timezone.now()), None
    if request.method == "POST":
        try:
            draft = _draft(request, order, found)
        except Refused as error:
            refused = error
        else:
            notes.success(request, _("Draft %(number)s has the lines, at today's prices.") % {"number": draft.number})
            return redirect("orders:detail", draft.number)
    context = {"order": order, "rows": found, "refused": refused, "left": [row for row in found if not row.gone]}
    context |= {"changed": sum(row.changed for row in found), "now": timezone.now()}
    return render(request, "orders/reorder.html", context, status=refused.status if refused else 200)


def _draft(request: HttpRequest, order, found):
    """With what is still offered, in quantities it is sold in."""
    lines = [Asked(row.line.sku, row.quantity) for row in found if not row.gone]
    if not lines:
        raise Refused(_("Nothing of this order is offered any more."), code="nothing-offered")
    title = _("Order %(number)s again") % {"number": order.number}
    site, location = (Location.objects.filter(pk=pk).first() for pk in (order.ships_from_id, order.location_id))
    return drafts.opened(request, site, location, lines, title=title)
