"""What every page of orders asks first: who is it, which order, may they, and what was refused."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages as notes
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.vary import vary_on_headers

from apps.accounts import entering
from apps.accounts.rules import Role, may
from apps.core.errors import Refused
from apps.core.models import StreamTopic
from apps.orders import rules
from apps.orders.actions import Actor, actor_of, transition
from apps.orders.models import Order


def members(view):
    """For members of an organization; never kept by anything between us and them."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.membership is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(vary_on_headers("X-Fragment", "Cookie")(cache_control(private=True, no_cache=True)(guarded)))


def buyers(view):
    """For a retailer's people who do more than look. A wholesaler's are sent to what was ordered of them."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not may_write(request):
            raise PermissionDenied
        if request.organization.sells:
            notes.info(request, _("Retailers order here. What they ordered of you stands below."))
            return redirect("orders:list")
        return view(request, *args, **kwargs)

    return members(guarded)


def may_write(request: HttpRequest) -> bool:
    """More than a viewer."""
    return request.membership.role != Role.VIEWER


def actor(request: HttpRequest) -> Actor:
    return actor_of(request.membership, fresh=entering.is_fresh(request, now=timezone.now()))


def confirm(page: str, back: str):
    """To where one shows that it is oneself, and from there to the page again."""
    return redirect(f"{reverse('accounts:again')}?{urlencode({'next': page, 'back': back})}")


def order_of(request: HttpRequest, number: str) -> Order:
    """The order; 404 for one that is not theirs to see."""
    return get_object_or_404(Order.objects.visible_to(request.user), number=number)


def bought(request: HttpRequest, number: str, action: str) -> Order:
    """An order of one's own organization's, by somebody whose role allows the move. 403 where it doesn't."""
    order = order_of(request, number)
    if order.buyer_id != request.organization.pk or not allows(request, order, action):
        raise PermissionDenied
    return order


def allows(request: HttpRequest, order: Order, action: str) -> bool:
    by, move = actor(request), rules.MOVES[action]
    return move.open_to(by.side) and by.may(move.permissions[by.side], order)


def may_buy(request: HttpRequest, location=None) -> bool:
    return not request.organization.sells and may("orders.create", request.membership, location)


def sent_version(request: HttpRequest) -> int:
    """What the form was drawn from; a form without it is as stale as can be."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def moved(request: HttpRequest, order: Order, action: str, data: dict) -> Refused | None:
    """Try the move with the form's version; what was refused comes back as a value, for the page to say."""
    try:
        transition(
            order=order,
            action=action,
            by=actor(request),
            now=timezone.now(),
            version=sent_version(request),
            data=data,
        )
    except Refused as refused:
        return refused
    return None


def seq_of(topic: str) -> int:
    """The topic's last number, read before the rows: nothing that happens between the two is missed."""
    return StreamTopic.objects.filter(pk=topic).values_list("seq", flat=True).first() or 0
