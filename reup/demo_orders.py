"""The demo's orders, one at each step of its way: made by the demo's people through the same verbs as everybody's, once
the first inventory has come in."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from apps.accounts.middleware import scope_of
from apps.accounts.models import Location, Membership, Organization
from apps.accounts.rules import local_date
from apps.catalog.actions.prices import shelf_offers
from apps.catalog.models import ShelfLine
from apps.compliance.actions import begin_outage, end_outage
from apps.compliance.models import Facility, Tag
from apps.core.errors import Refused
from apps.core.scope import everyone, scope
from apps.orders import actions
from apps.orders.actions import Asked, actor_of
from apps.orders.models import Order

from . import demo_trade

BUYER, DESK = "buyer@juniperpine.example", "order.desk.2@northlight.example"
SELLER, SITE, SHOP = "Northlight Supply Co.", "northlight-holland", "juniper-pine-eastown"
AWAY = "METRC was away this morning; the printed manifest went with the van."
# What has been done with each order, oldest first: (verb, data). A draft is one with which nothing was done.
TO_SHIP = [
    ("claim", {}),
    ("accept", {}),
    ("prepare", {}),
    ("ship", {"tracking": "Ines Calloway, NLS 4127", "text": AWAY}),
]
STORIES: list[list[tuple[str, dict]]] = [
    [("submit", {}), *TO_SHIP, ("deliver", {"signed_by": "R. Vale"}), ("confirm", {})],
    [("submit", {}), *TO_SHIP, ("deliver", {"signed_by": "J. Park"})],
    [("submit", {}), *TO_SHIP, ("track", {"kind": "DEPARTED", "note": "Left Holland at ten."})],
    [("submit", {}), ("claim", {}), ("accept", {}), ("prepare", {})],
    [("submit", {}), ("claim", {}), ("accept", {})],
    [("submit", {}), ("counter", {"reason": "PRICE", "text": "Two cases fewer until Friday's harvest."})],
    [
        ("submit", {}),
        ("reject", {"reason": "OUT_OF_STOCK", "text": "This batch was recalled. The next comes on Friday."}),
    ],
    [("submit", {}), ("claim", {})],
    [("submit", {})],
    [("submit", {})],
    [],
]
BUYERS = {"submit", "confirm", "approve", "decline"}


def fill(now: datetime, *, patient: bool = True) -> int | None:
    """How many orders were made; None while the shelf is still empty or, for somebody `patient`, METRC's drawer of tags
    has not been read. Orders there are already: 0."""
    with everyone("the demo's orders"):
        site, shop = (
            Location.objects.filter(slug=slug).select_related("organization").first() for slug in (SITE, SHOP)
        )
        people = {who: _member(who) for who in (BUYER, DESK)}
        if site is None or shop is None or None in people.values() or Order.objects.exists():
            return 0
        demo_trade.price(site=site, buyer=shop.organization, today=local_date(site.zone, now))
        lines = list(_sellable(site.organization, site, shop.organization, now))
    if len(lines) < 4 or (patient and not _has_tags(site)):
        return None
    with _metrc_away(site.organization, people[DESK], now):
        return sum(_tell(story, n, lines, site, shop, people, now) for n, story in enumerate(STORIES))


def _has_tags(site: Location) -> bool:
    """What leaves in part gets a tag out of the drawer; where nothing is reported, none is needed."""
    with everyone("the demo's orders"):
        facility = Facility.objects.reported().filter(location=site).first()
        return facility is None or Tag.objects.filter(facility=facility, state=Tag.State.FREE).exists()


@contextmanager
def _metrc_away(seller: Organization, who: Membership, now: datetime) -> Iterator[None]:
    """A morning without METRC, declared and over: so that some goods have left already."""
    with scope(**_scope(who)):
        begin_outage(organization=seller, reason="METRC answers nobody since seven.", by=who.user, now=now)
    yield
    with scope(**_scope(who)):
        end_outage(organization=seller, by=who.user, now=now)


def _tell(story, n: int, lines: list[tuple[str, Decimal]], site, shop, people, now: datetime) -> int:
    picked = [lines[(n * 3 + step) % len(lines)] for step in range(min(3, len(lines)))]
    moment = now - timedelta(minutes=12 * (len(STORIES) - n))
    with scope(**_scope(people[BUYER])):
        order = actions.create(
            seller=site.organization,
            buyer=shop.organization,
            location=shop,
            ships_from=site,
            by=actor_of(people[BUYER]),
            now=moment,
            lines=[Asked(sku, quantity) for sku, quantity in picked],
            title="" if story else "Weekend restock",
            po_number=f"JP-{2200 + n}",
        )
    for verb, data in story:
        who = people[BUYER if verb in BUYERS else DESK]
        moment += timedelta(minutes=1)
        with scope(**_scope(who)):
            told = data | ({"lines": _fewer(order)} if verb == "counter" else {})
            try:
                actions.transition(order=order, action=verb, by=actor_of(who), now=moment, data=told)
            except Refused:
                break  # the shelf has too little of it today: the story ends here
    return 1


def _fewer(order: Order) -> list[dict]:
    line = order.lines.order_by("position").first()
    return [{"id": line.pk, "quantity": line.ordered / 2, "price": line.price}]


def _sellable(
    seller: Organization, site: Location, buyer: Organization, now: datetime
) -> Iterator[tuple[str, Decimal]]:
    """SKUs there is plenty of, each with a quantity that its pack allows."""
    shelf = ShelfLine.objects.filter(organization=seller, location=site, product__is_listed=True, quantity__gte=40)
    rows = list(
        shelf.exclude(price=None).exclude(product__sku="").select_related("product").order_by("product__name")[:40]
    )
    offers = shelf_offers(lines=rows, buyer=buyer, on=local_date(site.zone, now))
    for row in rows:
        offer = offers[row.product_id]
        step = offer.multiple or Decimal(1)
        least = max(offer.minimum or Decimal(1), Decimal(4))
        quantity = (least / step).to_integral_value(ROUND_CEILING) * step
        if offer.check(quantity) is None and quantity * 6 <= row.available:
            yield row.product.sku, quantity


def _member(email: str) -> Membership | None:
    return Membership.objects.filter(user__email=email).select_related("organization", "user").first()


def _scope(membership: Membership) -> dict:
    with everyone("the demo's people"):
        return scope_of(membership)
