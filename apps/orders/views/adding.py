"""From the catalog into a draft: the current one of the place, another, or a new one."""

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.actions import Asked, edit
from apps.orders.forms import Add
from apps.orders.models import Order, finding

from . import asking, drafts


@require_POST
@asking.buyers
def add(request: HttpRequest):
    """`draft` is a number, `new`, or nothing for the current one. What stands in it already is added to."""
    if not asking.may_buy(request):
        raise PermissionDenied
    form = Add(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data
        try:
            order = put(request, wanted["place"], [Asked(wanted["sku"], wanted["quantity"])])
        except Refused as refused:
            notes.error(
                request, " ".join([refused.detail, *(text for texts in refused.errors.values() for text in texts)])
            )
        else:
            words = {"n": plain(wanted["quantity"]), "sku": wanted["sku"], "draft": order.title or order.number}
            notes.success(request, _("%(n)s of %(sku)s are in draft %(draft)s. Nothing is held yet.") % words)
    else:
        notes.error(request, " ".join(text for texts in form.errors.values() for text in texts))
    return redirect(way_back(request))


def put(request: HttpRequest, place, lines: list[Asked]) -> Order:
    """Add the lines to the asked draft of the place; opened where there is none. Raises Refused and changes nothing."""
    order = _asked(request, place)
    if order is None:
        location = request.organization.locations.order_by("created_at").first()
        if location is None:
            raise Refused(_("Your company has no location yet, so there is nowhere to deliver to."), code="no-location")
        order = drafts.opened(request, place, location, lines)
    else:
        had = dict(order.lines.values_list("sku", "ordered"))
        summed = [one._replace(quantity=one.quantity + had.get(one.sku, 0)) for one in lines]
        order = edit(order=order, by=asking.actor(request), now=timezone.now(), version=None, lines=summed)
    request.session[finding.chosen_key(place)] = order.number
    return order


def _asked(request: HttpRequest, place) -> Order | None:
    asked = request.POST.get("draft", "")
    if asked == "new":
        return None
    mine = finding.drafts_at(request.user, request.organization, place)
    return finding.current_draft(mine, asked or request.session.get(finding.chosen_key(place)))


@require_POST
@asking.members
def use(request: HttpRequest, number: str):
    """This draft takes what is added from now on."""
    order = asking.bought(request, number, "edit")
    request.session[finding.chosen_key(order.ships_from_id)] = order.number
    notes.success(request, _("Draft %(name)s takes what you add now.") % {"name": order.title or order.number})
    site = drafts.site_of(order)
    return redirect(way_back(request, f"{reverse('catalog:list')}?location={site.slug}" if site else ""))


def way_back(request: HttpRequest, other: str = "") -> str:
    """Where the form came from, when that is a page of ours."""
    asked = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked and safe else other or reverse("catalog:list")
