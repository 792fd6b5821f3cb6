"""Stock and orders as a machine: whatever people, the clock and the POS do in whatever order, the sums hold.

Every verb is among its rules but `edit`, `delete` and the manifest's two, which move no goods; it is drawn from the
moves' own table. `REUP_MACHINE=200` makes it so many walks instead of a few.
"""

import os
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
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
from apps.catalog.models import Reservation, StockItem
from apps.core.errors import Refused
from apps.core.invariants import check
from apps.core.scope import everyone, scope
from apps.orders import rules
from apps.orders.actions import clocks, shortfalls
from apps.orders.models import Order, Shortfall
from tests import make

pytestmark = pytest.mark.django_db
WALKS = int(os.environ.get("REUP_MACHINE", "8"))
UNITS, FEW = st.integers(1, 7), st.integers(0, 3)
OTHER = {"reason": "OTHER"}
NEVER = {"edit", "delete", "manifest", "void_manifest"}  # they move no goods
PEOPLES = [  # the others are the clock's, by `wait`
    move for move in rules.MOVES.values() if move.action not in NEVER and set(move.permissions) != {rules.SYSTEM}
]


class Market(RuleBasedStateMachine):
    """A shelf of ten flowers in two packages; every order is for some of them. Each walk is taken back at its end."""

    market = None  # given by the test: a fixture cannot reach in here
    began = None
    done: set = set()  # what was ever allowed: verbs that are never done prove nothing

    @initialize()
    def begin(self):
        self.orders, self.market.now = [], self.began
        self.walk = transaction.atomic()
        self.walk.__enter__()
        self.pos(6, 4)

    def teardown(self):
        transaction.set_rollback(True)
        self.walk.__exit__(None, None, None)

    def pos(self, *counts):
        """The POS counts so many in each package; the news of it opens and ends shortfalls."""
        with everyone("test"):
            packages = StockItem.objects.filter(product=self.market.flower).order_by("inventory_id")
            for package, count in zip(packages, counts, strict=True):
                StockItem.objects.filter(pk=package.pk).update(quantity=count)
            make._shelve(self.market.cast.place, self.market.flower, self.market.now)
            reserving.settle_seen(location=self.market.cast.place.pk, now=self.market.now)
        self.news()

    def news(self):
        line = self.market.shelf()
        shortfalls.note_stock(seller=line.organization_id, shelf_lines=[line.pk], now=self.market.now)

    def attempt(self, order, verb, *, by=None, **data):
        """The verb, or its no; anything else is a fault. No verb promises what is not there: only goods that come back
        after the POS saw them leave may be missing for a while."""
        left = self.market.shelf().available
        try:
            self.market.do(order, verb, by=by, **data)
        except (Refused, PermissionDenied):
            return False
        self.done.add(verb)
        now_left = self.market.shelf().available
        assert now_left >= min(left, 0) or verb == "void_ship", f"{verb}: {left} to {now_left}"
        self.news()
        return True

    def pick(self, data):
        return self.market.fresh(data.draw(st.sampled_from(self.orders)))

    def line(self, order):
        with everyone("test"):
            return order.lines.get()

    def words(self, data, order, verb) -> dict:
        """What the verb is told, within reason: of its one line some or all."""
        line, few = self.line(order), data.draw(FEW)
        less = lambda amount: max(amount - few, Decimal(0))  # noqa: E731
        of_line = {
            "accept": {"accepted": less(line.ordered)},
            "counter": {"quantity": Decimal(data.draw(UNITS))},
            "amend": {"quantity": Decimal(data.draw(UNITS))},
            "short_pick": {"picked": less(line.accepted)},
            "deliver": {"received": less(line.shipped), "reason": "broken"},
            "confirm": {"received": less(line.received)},
            "ask_return": {"quantity": Decimal(few)},
        }
        if verb == "counter" and data.draw(st.booleans()):
            of_line["counter"]["substitute"] = "GUMMIES"
        told = {"lines": [{"id": line.pk} | of_line[verb]]} if verb in of_line else {}
        yes = data.draw(st.booleans())
        return OTHER | told | {"keep": yes, "approve": yes, "credit": Decimal(few * 10), "remainder": "backorder" * yes}

    def act(self, data, order, move):
        side = data.draw(st.sampled_from(sorted({rules.SELLER, rules.BUYER} & set(move.permissions))))
        by = self.market.cast.seller if side == rules.SELLER else self.market.cast.buyer
        self.attempt(order, move.action, by=by, **self.words(data, order, move.action))
        with everyone("test"):
            self.orders += Order.objects.filter(backorder_of=order).exclude(pk__in=[one.pk for one in self.orders])

    @rule(units=UNITS, on_short=st.sampled_from(["ASK", "SHIP_AVAILABLE", "CANCEL_LINE"]))
    def submit(self, units, on_short):
        available = self.market.shelf().available
        order = self.market.draft(("FLOWER", units))
        done = self.attempt(order, "submit", on_short=on_short)
        assert done == (units <= available), f"{units} of {available}"
        self.orders.append(order)

    @rule(units=UNITS)
    def propose(self, units):
        order = self.market.draft(("FLOWER", units), by=self.market.cast.seller)
        self.attempt(order, "propose")
        self.orders.append(order)

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def move(self, data):
        """Something that the table allows where an order stands; guards may still say no."""
        order = self.pick(data)
        if found := [move for move in PEOPLES if order.state in move.source]:
            self.act(data, order, data.draw(st.sampled_from(found)))

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def walk_on(self, data):
        """The next verb of the short way, in full, so that walks come far."""
        order = self.pick(data)
        way = {"PENDING": "accept", "REVIEW": "accept", "COUNTERED": "approve", "ACCEPTED": "prepare"}
        way |= {"PREPARING": "ship", "SHIPPED": "deliver", "DELIVERED": "confirm"}
        if verb := way.get(order.state):
            self.attempt(order, verb)

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), move=st.sampled_from(PEOPLES))
    def try_anything(self, data, move):
        """Whether it is the order's turn or not."""
        self.act(data, self.pick(data), move)

    @rule(first=st.integers(0, 8), second=st.integers(0, 6))
    def sync(self, first, second):
        self.pos(first, second)

    @rule(hours=st.integers(1, 40))
    def wait(self, hours):
        left = self.market.shelf().available
        self.market.now += timedelta(hours=hours)
        with scope(everyone="test"):
            due = {action for _order, action, _data in clocks.due(self.market.now)}
            clocks.move_on(self.market.now)
        self.done |= due
        assert self.market.shelf().available >= min(left, 0)
        self.news()

    @invariant()
    def sums_hold(self):
        broken = [one["name"] for one in check() if one["violations"]]
        assert not broken, broken

    @invariant()
    def what_is_promised_is_there_or_a_shortfall_says_so(self):
        line = self.market.shelf()
        promised = line.held + line.allocated
        with everyone("test"):
            rows = Reservation.objects.standing().filter(shelf_line=line)
            assert promised == sum((row.quantity for row in rows), Decimal(0))
            told = list(Shortfall.objects.filter(shelf_line=line, ended_at=None).values_list("missing", flat=True))
        missing = promised + line.leaving - line.quantity
        assert told == ([missing] if promised and missing > 0 else [])

    @invariant()
    def each_order_tells_its_whole_story(self):
        """Events without a gap, each from where the last one led; quantities that only fall; totals that are sums."""
        with everyone("test"):
            for order in Order.objects.filter(pk__in=[one.pk for one in getattr(self, "orders", [])]):
                events = list(order.events.order_by("id"))
                assert [event.version for event in events] == list(range(1, order.version + 1)), order.number
                assert all(one.to_state == after.from_state for one, after in pairwise(events)), order.number
                assert events[-1].to_state == order.state
                line = order.lines.get()
                assert line.ordered >= line.accepted >= line.shipped >= line.received >= 0
                assert line.returned <= line.shipped
                if order.state not in ("CANCELLED", "REJECTED"):
                    assert order.total == line.total
                held = Reservation.objects.standing().of(order.pk)
                if order.state in rules.ENDED or order.state in ("DRAFT", "SHIPPED", "DELIVERED"):
                    assert not held.exists(), (order.number, order.state)
                if order.state in ("ACCEPTED", "PREPARING"):
                    assert sum(row.quantity for row in held) == line.accepted, (order.number, order.state)


@pytest.mark.timeout(WALKS * 30 + 60)
def test_whatever_happens_in_whatever_order_the_sums_hold(market):
    tag = "1A40503000" + "9" * 14
    make.stock(location=market.cast.place, product=market.flower, quantity=1, lab_status="Passed", tag=tag)
    Market.market, Market.began, Market.done = market, market.now, set()
    walks = settings(
        max_examples=WALKS,
        stateful_step_count=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Market, settings=walks)
    assert {"accept", "counter", "ship"} <= Market.done, Market.done
