"""An order made for a retailer: its lines as a list of SKUs, checked against the shelf before anything is kept. It goes
to the retailer for approval from its own desk (features §3.3 T1, T2, T5)."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Connection, License, Location, Organization
from apps.accounts.rules import Side
from apps.core.errors import Refused
from apps.core.scope import everyone
from apps.orders import actions, rules
from apps.orders.actions import Asked, actor_of
from apps.orders.actions.preview import READY, Checked, check
from apps.orders.forms.sheets import pasted
from apps.orders.models import Order

MAKE = ("orders.create_for",)


class ForRetailer(forms.Form):
    """`lines` is a SKU and a quantity a line. Of a draft that is changed the two places stay. A retailer's places are
    its own: those an order went to are known, another is named by its licence."""

    location = forms.ChoiceField(label=gettext_lazy("Deliver to"), required=False)
    licence = forms.CharField(
        label=gettext_lazy("Or another place, by its licence number"), max_length=40, required=False
    )
    ships_from = forms.ModelChoiceField(Location.objects.none(), label=gettext_lazy("Ships from"))
    lines = forms.CharField(
        label=gettext_lazy("SKU, quantity"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("One line each, as typed or pasted from a sheet: CH-0351, 24"),
    )
    po_number = forms.CharField(label=gettext_lazy("PO number"), max_length=40, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note for the retailer"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, seller, *args, order: Order | None = None, **options):
        super().__init__(*args, **options)
        if order:
            for name in ("location", "licence", "ships_from"):
                del self.fields[name]
            return
        self.seller = seller
        self.fields["location"].choices = [("", _("Choose")), *known_doors(seller)]
        own = seller.locations.filter(is_active=True).order_by("created_at")
        self.fields["ships_from"].queryset, self.fields["ships_from"].initial = own, own.first()

    def clean(self):
        asked = super().clean()
        if "ships_from" in self.fields and "location" not in self.errors:
            asked["place"] = door(self.seller, asked.get("licence", ""), asked.get("location", ""))
            if asked["place"] is None:
                self.add_error("licence", _("No place of a connected retailer is known by that. Check the number."))
        return asked


def known_doors(seller) -> list[tuple]:
    """Where this seller's orders went, by retailer."""
    mine = Order.objects.filter(seller=seller, submitted_at__isnull=False)
    groups: dict[str, dict] = {}
    known = mine.order_by("buyer_name", "deliver_to").values_list("buyer_name", "location", "deliver_to").distinct()
    for buyer, place, name in known:
        groups.setdefault(buyer, {})[str(place)] = name
    return [(buyer, list(places.items())) for buyer, places in groups.items()]


def door(seller, licence: str, known: str) -> Location | None:
    """A place of a connected retailer, by its licence or as an order named it. Its row is not the seller's to read, but
    an order made for it has to go there."""
    partners = list(Connection.objects.filter(wholesaler=seller).values_list("retailer", flat=True))
    with everyone("an order made for a retailer names one of its places"):
        places = Location.objects.filter(organization__in=partners, is_active=True).select_related("organization")
        if licence := licence.strip():
            held = License.objects.filter(number__iexact=licence).values("location")
            return places.filter(Q(license_number__iexact=licence) | Q(pk__in=held)).first()
        return places.filter(pk=known).first() if known else None


def make(desk, request, pk=None):
    """GET the form, POST it: a new draft, or the draft `pk` with other lines."""
    if request.organization is not None and not request.organization.sells:
        messages.info(request, _("Retailers order in the portal."))
        return redirect("admin:orders_order_board")
    order = get_object_or_404(desk.get_queryset(request), pk=pk) if pk else None
    by = actor_of(request.membership)
    if not by.may(MAKE, order or Order(ships_from_id=None)):
        raise PermissionDenied
    if order and (order.state != rules.State.DRAFT or order.drafted_by != Side.WHOLESALER):
        return redirect("admin:orders_order_change", order.pk)
    form = ForRetailer(request.organization, request.POST or None, order=order, initial=_as_it_is(order))
    refused = []
    if request.method == "POST" and form.is_valid():
        made, refused = _try(request, form.cleaned_data, order, by)
        if made:
            return redirect("admin:orders_order_change", made.pk)
    title = _("Order %(number)s: lines") % {"number": order.number} if order else _("Order for a retailer")
    context = desk._context(request, title) | {"form": form, "order": order, "refused": refused}
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "admin/orders/order/make.html", context, status=status)


def _as_it_is(order: Order | None) -> dict:
    if order is None:
        return {}
    lines = "\n".join(f"{line.sku}, {line.ordered.normalize():f}" for line in order.lines.all())
    return {"lines": lines, "po_number": order.po_number, "note": order.note}


def _try(request, asked: dict, order: Order | None, by) -> tuple[Order | None, list[str]]:
    """The order, or the sentences that stand against it."""
    now, details = timezone.now(), {name: asked[name] for name in ("po_number", "note")}
    place = asked.get("place")
    site, buyer = (
        (asked["ships_from"], place.organization) if place else (order.ships_from, Organization(pk=order.buyer_id))
    )
    try:
        found = check(pasted(asked["lines"]), place=site, buyer=buyer, now=now)
        if wrong := [_told(one) for one in found if one.state != READY]:
            return None, wrong
        lines = [Asked(one.shelf.product.sku, one.quantity) for one in sorted(found, key=lambda one: one.row.number)]
        if order:
            version = request.POST.get("version", "")
            seen = int(version) if version.isdecimal() else -1
            return actions.edit(order=order, by=by, now=now, version=seen, lines=lines, whole=True, **details), []
        between = {"seller": request.organization, "buyer": buyer, "location": place, "ships_from": site}
        return actions.create(**between, by=by, now=now, lines=lines, **details), []
    except Refused as refused:
        return None, [refused.detail]


def _told(one: Checked) -> str:
    return _("Line %(n)d, %(sku)s: %(what)s") % {"n": one.row.number, "sku": one.row.sku, "what": one.text}
