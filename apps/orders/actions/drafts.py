"""Drafts: opened, filled line by line, priced as they are filled; they promise nobody any stock."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from apps.accounts.actions.licenses import license_for
from apps.accounts.models import License, Location, Organization
from apps.accounts.rules import Side, local_date
from apps.catalog.actions.prices import offers
from apps.catalog.models import Product, ShelfLine
from apps.catalog.prices import Offer
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.models import Order, OrderLine
from apps.orders.rules import money

from .actors import Actor
from .moving import Step, finish, may_try, stale
from .taxes import rates_now

MOST_LINES = 500


class Asked(NamedTuple):
    """A line somebody wants: the seller's SKU, and how much. `at` is where it stood in what was sent."""

    sku: str
    quantity: Decimal
    at: str = ""


@transaction.atomic
def create(
    *,
    seller: Organization,
    buyer: Organization,
    location: Location,
    by: Actor,
    now: datetime,
    lines: Iterable[Asked] = (),
    ships_from: Location | None = None,
    **details,
) -> Order:
    """A draft of the buyer's, or by the seller for a buyer. `details` are title, po_number, note and on_short.

    Raises PermissionDenied for the wrong role, Refused 400 `unknown-sku` with every SKU the seller does not offer this
    buyer, and `too-many-lines`.
    """
    wanted = merged(lines)
    if len(wanted) > MOST_LINES:
        text = _("An order has at most %(n)d lines.") % {"n": MOST_LINES}
        raise Refused(text, code="too-many-lines", status=400)
    site = ships_from or _site(seller, [one.sku for one in wanted])
    there = license_for(location, local_date(location.zone, now))
    order = Order(
        number=Order.objects.next_number(),
        seller=seller,
        buyer=buyer,
        location=location,
        ships_from=site,
        seller_name=seller.name,
        buyer_name=buyer.name,
        site=site.name,
        site_license=_number(license_for(site, local_date(site.zone, now)), site),
        site_zone=site.zone,
        deliver_to=location.name,
        deliver_license=_number(there, location),
        deliver_zone=location.zone,
        deliver_state=there.state if there else "",
        drafted_by=by.side if by.side in Side.values else Side.RETAILER,
        made_by=by.user,
        moved_at=now,
        **details,
    )
    _may_write(order, by)
    order.save(force_insert=True)
    order.version = 0  # its first event is version 1
    step = Step(order, rules.MOVES["edit"], by, now, {}, rules.State.DRAFT, [])
    if wanted:
        set_lines(step, wanted)
    finish(step)
    return order


@transaction.atomic
def edit(
    *,
    order: Order,
    by: Actor,
    now: datetime,
    version: int | None,
    lines: Iterable[Asked] = (),
    whole: bool = False,
    accept_prices: bool = False,
    **details,
) -> Order:
    """Change a draft: `lines` set what is named (a quantity of 0 takes it out), with `whole` all others go. Named lines
    get today's price; the others keep theirs until `accept_prices` is said.

    Raises PermissionDenied for the wrong role, Refused for a stale version and for what is no draft any more.
    """
    row = Order.objects.locked(order.pk)
    _may_write(row, by)
    if version is not None and version != row.version:
        raise stale(row)
    if row.state != rules.State.DRAFT:
        raise Refused(_("Only a draft can be edited."), code="illegal-transition")
    step = Step(row, rules.MOVES["edit"], by, now, {}, row.state, list(row.lines.order_by("position")))
    for name, value in details.items():
        setattr(row, name, value)
    for line in step.lines:
        line.order = row
    wanted = merged(lines)
    if whole:
        named = {one.sku for one in wanted}
        _drop(step, [line for line in step.lines if line.sku not in named])
    set_lines(step, wanted)
    if accept_prices:
        reprice(step)
    if len(step.lines) > MOST_LINES:
        raise Refused(_("An order has at most %(n)d lines.") % {"n": MOST_LINES}, code="too-many-lines", status=400)
    finish(step)
    return row


def _number(held: License | None, place: Location) -> str:
    return held.number if held else place.license_number


def _may_write(order: Order, by: Actor) -> None:
    if not may_try(order, rules.MOVES["edit"], by):
        raise PermissionDenied


def merged(lines: Iterable[Asked]) -> list[Asked]:
    """One line a SKU: what stands twice is added up, before anybody looks at stock."""
    found: dict[str, Asked] = {}
    for one in lines:
        had = found.get(one.sku)
        found[one.sku] = one._replace(
            quantity=one.quantity + (had.quantity if had else 0), at=had.at if had else one.at
        )
    return list(found.values())


def set_lines(step: Step, wanted: list[Asked]) -> None:
    """Give the draft these quantities of these SKUs, at what they cost the buyer today."""
    order = step.order
    by_sku = {line.sku: line for line in step.lines}
    _drop(step, [by_sku[one.sku] for one in wanted if one.quantity == 0 and one.sku in by_sku])
    wanted = [one for one in wanted if one.quantity > 0]
    shelf = offered(order, [one.sku for one in wanted if one.sku not in by_sku])
    if unknown := [one for one in wanted if one.sku not in by_sku and one.sku not in shelf]:
        raise unknown_skus(unknown)
    for one in wanted:
        if line := by_sku.get(one.sku):
            line.ordered = one.quantity
        else:
            step.lines.append(_line(step, shelf[one.sku], one.quantity))
    named = {one.sku for one in wanted}
    reprice(step, [line for line in step.lines if line.sku in named])


def unknown_skus(unknown: list[Asked]) -> Refused:
    """The same words whether nobody has it or only somebody else."""
    errors = {}
    for one in unknown:
        named = _("No product offered to you has the SKU %(sku)s.") % {"sku": one.sku}
        errors[one.at or "lines"] = [_("No product offered to you has this SKU.") if one.at else named]
    return Refused(_("Some lines name no product."), code="unknown-sku", status=400, errors=errors)


def offered(order: Order, skus: list[str]) -> dict[str, ShelfLine]:
    """What the seller offers at the site the order ships from, by SKU; of two with one SKU, the one in stock."""
    if not skus:
        return {}
    lines = ShelfLine.objects.offered().filter(
        organization=order.seller_id, location=order.ships_from_id, product__sku__in=skus
    )
    found = lines.exclude(price=None).select_related("product").order_by("quantity", "pk")
    return {line.product.sku: line for line in found}


def prices_now(order: Order, lines: list[OrderLine], now: datetime) -> dict[UUID, Offer]:
    """What each product costs this buyer today, by product."""
    between = {"seller": order.seller_id, "buyer": order.buyer_id}
    today = local_date(order.site_zone, now)
    return offers(**between, products=products_of(lines), on=today, place=order.ships_from_id)


def products_of(lines: list[OrderLine]) -> list[Product]:
    """The lines' products as the lines keep them: a buyer whose connection ended does not read the seller's."""
    return [Product(pk=line.product_id, organization_id=line.seller_id, name=line.name) for line in lines]


def reprice(step: Step, lines: list[OrderLine] | None = None) -> None:
    """Today's price and taxes of these lines, of all where none are named, and how they came about."""
    lines = step.lines if lines is None else lines
    found, taxed = prices_now(step.order, lines, step.now), rates_now(step.order, lines, step.now)
    for line in lines:
        line.taxes = taxed[line.pk]
        priced = found[line.product_id].price(line.ordered)
        if priced.unit_price is not None:  # submitting says that it has none
            line.price, line.why = money.unit_price(priced.unit_price), priced.why


def _line(step: Step, shelf: ShelfLine, quantity: Decimal) -> OrderLine:
    order = step.order
    line = OrderLine(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        position=max((line.position for line in step.lines), default=0) + 1,
        product=shelf.product,
        shelf_line=shelf,
        sku=shelf.product.sku,
        name=shelf.product.name,
        unit=shelf.unit,
        ordered=quantity,
        price=shelf.price,
    )
    line.save(force_insert=True)
    return line


def _drop(step: Step, lines: list[OrderLine]) -> None:
    gone = {line.pk for line in lines}
    OrderLine.objects.filter(pk__in=gone).delete()
    step.lines = [line for line in step.lines if line.pk not in gone]


def _site(seller: Organization, skus: list[str]) -> Location:
    """Where it ships from: the site that offers most of what is asked, the older one where two do."""
    places = ShelfLine.objects.offered().filter(organization=seller)
    asked = places.filter(product__sku__in=skus) if skus else places
    ranked = asked.values("location").annotate(n=Count("product", distinct=True)).order_by("-n", "location__created_at")
    chosen = ranked.values_list("location", flat=True).first()
    site = Location.objects.filter(pk=chosen).first() or seller.locations.order_by("created_at").first()
    if site is None:
        raise Refused(_("This wholesaler offers nothing now."), code="nothing-offered")
    return site
