"""Drafts: the cart one fills. Lines with today's stock, price changes side by side, and what to do first."""

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import Location
from apps.core.errors import Refused
from apps.core.look.text import money
from apps.orders import rules
from apps.orders.actions import Asked, create, edit
from apps.orders.actions.cart import cart
from apps.orders.forms import Details, NewDraft
from apps.orders.models import Order
from apps.orders.rules.amounts import read_quantity

from . import asking
from .told import lines_of


def shown(request: HttpRequest, order: Order, *, refused: Refused | None = None, errors=(), form=None, typed=None):
    """`errors` are (sentence, field id) of what could not be read, `typed` the quantities as they were typed."""
    now, seq = timezone.now(), asking.seq_of(order.topic)
    found = cart(order, lines_of(order), now)
    for row in found.rows:
        row.line.typed = (typed or {}).get(str(row.line.pk))
    context = {"order": order, "cart": found, "form": form or Details(instance=order), "now": now, "seq": seq}
    context |= {"refused": refused, "errors": list(errors), "against": found.against(), "topic": order.topic}
    context |= {"site": site_of(order), "may_edit": asking.allows(request, order, "edit"), "fragment": request.path}
    status = refused.status if refused else 422 if errors else 200
    part = request.headers.get("X-Fragment")
    return render(request, "orders/_cart.html" if part else "orders/draft.html", context, status=status)


def site_of(order: Order) -> Location | None:
    """Where it ships from, for links to its shelf; None where the two are connected no more."""
    return Location.objects.filter(pk=order.ships_from_id, is_active=True).first()


@require_http_methods(["GET", "POST"])
@asking.buyers
def new(request: HttpRequest):
    if not asking.may_buy(request):
        raise PermissionDenied
    form = NewDraft(request.organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        order = opened(request, wanted["place"], wanted["location"], title=wanted["title"])
        return redirect("orders:detail", order.number)
    return render(request, "orders/new.html", {"form": form}, status=422 if form.errors else 200)


def opened(request: HttpRequest, place, location, lines=(), **details) -> Order:
    """A new draft for one's own location, from the wholesaler's place."""
    return create(
        seller=place.organization,
        buyer=request.organization,
        location=location,
        ships_from=place,
        by=asking.actor(request),
        now=timezone.now(),
        lines=lines,
        **details,
    )


@require_POST
@asking.members
def change(request: HttpRequest, number: str):
    """Quantities, a line to take out, the new prices, and the draft's details: whatever the page's form sent."""
    order = asking.bought(request, number, "edit")
    if order.state != rules.State.DRAFT:
        return redirect("orders:detail", number)
    lines = lines_of(order)
    wanted, errors, typed = _quantities(request, lines)
    form = Details(request.POST, instance=asking.order_of(request, number)) if "on_short" in request.POST else None
    if form and not form.is_valid():
        errors += [(text, f"id_{name}") for name, texts in form.errors.items() for text in texts]
    if errors:
        return shown(request, order, errors=errors, form=form, typed=typed)
    try:
        edit(
            order=order,
            by=asking.actor(request),
            now=timezone.now(),
            version=asking.sent_version(request),
            lines=wanted,
            accept_prices="accept" in request.POST,
            **(form.cleaned_data if form else {}),
        )
    except Refused as refused:
        return shown(request, asking.order_of(request, number), refused=refused, form=form, typed=typed)
    _tell_prices(request, lines)
    return redirect("orders:submit" if "checkout" in request.POST else "orders:detail", number)


def _quantities(request: HttpRequest, lines):
    """What differs from the draft as it stands; `remove` names a line that goes."""
    wanted, errors, typed = [], [], {}
    for line in lines:
        text = "0" if request.POST.get("remove") == str(line.pk) else request.POST.get(f"q-{line.pk}")
        if text is None:
            continue
        typed[str(line.pk)] = text[:30]
        try:
            quantity = read_quantity(text)
        except ValueError as error:
            errors.append((f"{line.name}: {error}", f"q-{line.pk}"))
            continue
        if quantity != line.ordered:
            wanted.append(Asked(line.sku, quantity))
    return wanted, errors, typed


def _tell_prices(request: HttpRequest, before) -> None:
    """A quantity can reach another tier: a price that moved with it is said."""
    was = {line.pk: line for line in before}
    order = before[0].order if before else None
    for line in order.lines.all() if order else ():
        old = was.get(line.pk)
        if old and old.price != line.price:
            words = {
                "name": line.name,
                "now": money(line.price, order.currency),
                "was": money(old.price, order.currency),
            }
            notes.info(request, _("%(name)s is %(now)s each now; it was %(was)s.") % words)


@require_http_methods(["GET", "POST"])
@asking.members
def delete(request: HttpRequest, number: str):
    order = asking.bought(request, number, "delete")
    if order.state != rules.State.DRAFT:
        return redirect("orders:detail", number)
    refused = asking.moved(request, order, "delete", {}) if request.method == "POST" else None
    if request.method == "POST" and not refused:
        notes.success(request, _("Draft %(name)s is deleted.") % {"name": order.title or order.number})
        return redirect(f"{reverse('orders:list')}?state=draft")
    context = {"order": order, "refused": refused}
    return render(request, "orders/delete.html", context, status=refused.status if refused else 200)
