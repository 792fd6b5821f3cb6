"""Stock and orders as a machine: whatever people, the clock and the POS do in whatever order, the sums hold."""

from datetime import timedelta
from decimal import Decimal

import hypothesis.strategies as st
import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from apps.catalog.actions import reserving
from apps.catalog.models import Reservation, ShelfLine, StockItem
from apps.core.errors import Refused
from apps.core.invariants import check
from apps.core.scope import everyone, scope
from apps.orders.actions import clocks
from apps.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db
UNITS = st.integers(1, 7)


class Market(RuleBasedStateMachine):
    """A shelf of ten flowers in two packages; every order is for some of them."""

    market = None  # given by the test: a fixture cannot reach in here

    @initialize()
    def begin(self):
        self.orders = []
        with everyone("test"):
            for order in Order.objects.filter(seller=self.market.cast.wholesaler):
                reserving.release(seller=order.seller_id, order=order.pk, now=self.market.now)
            self.pos(10)
            self.sold = Decimal(0)

    def pos(self, quantity):
        """The POS counts so many, in the package it has."""
        with everyone("test"):
            StockItem.objects.filter(product=self.market.flower).update(quantity=quantity)
            make._shelve(self.market.cast.place, self.market.flower, self.market.now)
            reserving.settle_seen(location=self.market.cast.place.pk, now=self.market.now)

    def attempt(self, order, verb, **data):
        """The verb, or its no. Anything else is a fault."""
        try:
            self.market.do(order, verb, **data)
        except (Refused, PermissionDenied):
            return False
        return True

    def pick(self, data):
        return self.market.fresh(data.draw(st.sampled_from(self.orders)))

    @rule(units=UNITS, on_short=st.sampled_from(["ASK", "SHIP_AVAILABLE"]))
    def submit(self, units, on_short):
        available = self.market.shelf().available
        order = self.market.draft(("FLOWER", units))
        done = self.attempt(order, "submit", on_short=on_short)
        assert done == (units <= available), f"{units} of {available}"
        self.orders.append(order)

    @precondition(lambda self: self.orders)
    @rule(
        data=st.data(), verb=st.sampled_from(["claim", "accept", "approve", "decline", "withdraw", "prepare", "cancel"])
    )
    def move(self, data, verb):
        self.attempt(self.pick(data), verb, **({"reason": "OTHER"} if verb == "cancel" else {}))

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), units=UNITS)
    def counter(self, data, units):
        order = self.pick(data)
        with everyone("test"):
            line = order.lines.get()
        self.attempt(order, "counter", reason="PRICE", lines=[{"id": line.pk, "quantity": Decimal(units)}])

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def ship(self, data):
        order = self.pick(data)
        if self.attempt(order, "ship"):
            self.sold += self.market.fresh(order).units

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), short=st.integers(0, 2))
    def deliver(self, data, short):
        order = self.pick(data)
        with everyone("test"):
            line = order.lines.get()
        received = max(line.shipped - short, Decimal(0))
        self.attempt(order, "deliver", lines=[{"id": line.pk, "received": received, "reason": "broken"}])

    @rule(quantity=st.integers(0, 14))
    def sync(self, quantity):
        self.pos(quantity)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours):
        self.market.now += timedelta(hours=hours)
        with scope(everyone="test"):
            clocks.move_on(self.market.now)

    @invariant()
    def sums_hold(self):
        broken = [one["name"] for one in check() if one["violations"]]
        assert not broken, broken

    @invariant()
    def no_package_is_allocated_beyond_what_it_was(self):
        with everyone("test"):
            for line in ShelfLine.objects.filter(product=self.market.flower):
                rows = Reservation.objects.standing().filter(shelf_line=line)
                assert line.held + line.allocated == sum((row.quantity for row in rows), Decimal(0))

    @invariant()
    def totals_are_sums_and_versions_have_no_gap(self):
        with everyone("test"):
            for order in Order.objects.filter(pk__in=[one.pk for one in getattr(self, "orders", [])]):
                versions = list(order.events.order_by("id").values_list("version", flat=True))
                assert versions == list(range(1, order.version + 1)), order.number
                if order.state not in ("CANCELLED", "REJECTED"):
                    assert order.total == sum((line.total for line in order.lines.all()), Decimal(0))


def test_whatever_happens_in_whatever_order_the_sums_hold(market):
    Market.market = market
    quick = settings(
        max_examples=6,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Market, settings=quick)
