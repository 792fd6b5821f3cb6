"""A market for orders: Northlight sells two products from Holland, Juniper buys for Ferndale; all papers hold."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import Location, Membership, User
from apps.catalog.models import Product, ShelfLine
from apps.core.scope import everyone, scope
from apps.orders import actions
from apps.orders.actions import HOUSE, Asked, actor_of
from apps.orders.models import Order
from tests import make
from tests.conftest import Cast


@dataclass
class Market:
    """`as_buyer`, `as_seller` and `as_house` move an order as one of the sides would, in its scope, at `now`."""

    cast: Cast
    shop: Location
    flower: Product
    gummies: Product
    scoped: object
    now: datetime = field(default_factory=timezone.now)

    def draft(self, *lines: tuple[str, int], by: User | None = None, **details) -> Order:
        """Of the buyer's, `lines` being (SKU, quantity); the flower's SKU is FLOWER, the gummies' GUMMIES."""
        by = by or self.cast.buyer
        with self.scoped(by):
            return actions.create(
                seller=self.cast.wholesaler,
                buyer=self.cast.retailer,
                location=self.shop,
                by=actor_of(member(by)),
                now=self.now,
                lines=[Asked(sku, Decimal(quantity)) for sku, quantity in lines],
                **details,
            )

    def order(self, *lines, state="PENDING", **data) -> Order:
        """An order that has come so far, by the shortest way."""
        order = self.draft(*(lines or [("FLOWER", 4)]))
        steps = ["PENDING", "REVIEW", "ACCEPTED", "PREPARING", "SHIPPED", "DELIVERED", "CONFIRMED"]
        verbs = ["submit", "claim", "accept", "prepare", "ship", "deliver", "confirm"]
        for verb in verbs[: steps.index(state) + 1]:
            self.do(order, verb, **(data if verb == "submit" else {}))
            order = self.fresh(order)
        return order

    def do(self, order: Order, action: str, *, by: User | None = None, version=None, **data) -> Order:
        """As whoever of the two usually does it."""
        buyers = {"submit", "confirm", "approve", "decline", "dispute", "settle", "request_cancel", "approve_amend"}
        buyers |= {"decline_amend", "ask_return"}
        by = by or (self.cast.buyer if action in buyers else self.cast.seller)
        with self.scoped(by):
            return actions.transition(
                order=order, action=action, by=actor_of(member(by)), now=self.now, version=version, data=data
            )

    def as_house(self, order: Order, action: str, **data) -> Order:
        with scope(order.seller_id):
            return actions.transition(order=order, action=action, by=HOUSE, now=self.now, data=data)

    def fresh(self, order: Order) -> Order:
        with everyone("test"):
            return Order.objects.select_related("seller", "buyer", "ships_from", "location").get(pk=order.pk)

    def shelf(self, product: Product | None = None) -> ShelfLine:
        with everyone("test"):
            return ShelfLine.objects.get(product=product or self.flower)

    def standing(self, product: Product | None = None) -> tuple:
        """Held, allocated, leaving and available of a product, as whole numbers."""
        line = self.shelf(product)
        return tuple(int(one) for one in (line.held, line.allocated, line.leaving, line.available))


def member(user: User) -> Membership:
    with everyone("test"):
        return Membership.objects.select_related("organization", "user").get(user=user)


@pytest.fixture
def market(cast, scoped) -> Market:
    shop = make.location(organization=cast.retailer, name="Juniper & Pine, Ferndale")
    flower = make.product(organization=cast.wholesaler, name="Blue Dream 3.5g", sku="FLOWER")
    gummies = make.product(organization=cast.wholesaler, name="Peach gummies 10-pack", sku="GUMMIES")
    for number, (product, quantity, price) in enumerate([(flower, 10, "20.00"), (gummies, 50, "9.50")], 1):
        tag = f"1A40503000{number:014}"
        make.stock(location=cast.place, product=product, quantity=quantity, price=price, lab_status="Passed", tag=tag)
    for place in (cast.place, shop):
        make.license(location=place)
    return Market(cast, shop, flower, gummies, scoped)


@pytest.fixture
def line():
    """A connection of somebody else's, with rights to everything."""
    made = connection.get_new_connection(connection.get_connection_params())
    made.autocommit = True
    yield made
    made.close()
