"""How orders read on a page: `{% load orders %}`. Delivery windows, quantities in packs, the draft that is filled."""

from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from apps.accounts.rules import may
from apps.core.look.text import EMPTY, clock, span, window
from apps.core.look.text import quantity as told
from apps.core.scope import current
from apps.orders.models import Order, finding
from apps.orders.rules.terms import Due

register = template.Library()
MOST_DRAFTS = 12  # offered beside the current one


@register.filter
def delivery(order: Order, now=None) -> str:
    """`Today, 08:00–10:00` or `Fri 20 Nov, 08:00–10:00`, in the time of the place it goes to."""
    if order.deliver_from is None:
        return EMPTY
    return window(order.deliver_from, order.deliver_until, order.deliver_zone, now)


@register.filter
def at(moment, zone: str) -> str:
    """`08:00`, in the place's time."""
    return clock(moment, zone)


@register.filter
def left(moment, now) -> str:
    """`5 h 12 min` until then."""
    return span((moment - now).total_seconds())


@register.filter
def cases(quantity, multiple) -> str:
    """`4 cases · 96` of 96 in cases of 24; the bare number where there are no cases."""
    if not multiple or quantity % multiple:
        return told(quantity)
    count = quantity // multiple
    word = _("case") if count == 1 else _("cases")
    return f"{told(count)} {word} · {told(quantity)}"


@register.filter
def terms_word(order: Order) -> str:
    """`Net 30 days`; empty while no terms were agreed for it."""
    return str(Due(order.terms).label) if order.terms in Due.values else ""


@register.filter
def of(told: dict, key):
    """What a mapping tells of a key."""
    return told.get(key)


@register.filter
def unsigned(amount):
    return abs(amount)


@register.filter
def plain(number) -> str:
    """As an input takes it: `2.5`, `1200`. What was typed stays as it was."""
    return number if isinstance(number, str) else f"{Decimal(number).normalize():f}"


@register.inclusion_tag("orders/_draft_bar.html", takes_context=True)
def draft_bar(context, place) -> dict:
    """Under a shelf: the draft that what is added goes to. Nothing for those who don't buy."""
    request, shown = context["request"], buys(context)
    if not shown:
        return {"shown": False}
    minimum, drafts = finding.in_the_bar(buyer=request.organization, place=place, most=MOST_DRAFTS)
    chosen = request.session.get(finding.chosen_key(place))
    draft = next((one for one in drafts if one.number == chosen), drafts[0] if drafts else None)
    told = {"shown": True, "draft": draft, "others": [one for one in drafts if one is not draft], "minimum": minimum}
    told |= {"met": bool(draft) and draft.subtotal >= minimum, "next": request.get_full_path()}
    return told | {"csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def buys(context) -> bool:
    """Whether the reader may order."""
    membership = context.get("membership")
    return bool(membership) and not membership.organization.sells and may("orders.create", membership)


@register.simple_tag
def order_of_manifest(number: str) -> Order | None:
    """One's own order that METRC gave this manifest number; None for a transfer that no order here asked for."""
    mine = Order.objects.filter(buyer=current().organization, manifest_number=number).exclude(manifest_number="")
    return mine.first()
