"""Every transition of features §3.3, row by row: who makes it, from where, to where, what it does to the goods; and
that it leaves its event, its audit record and the job that tells people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import License
from apps.core.errors import Refused
from apps.core.models import AuditEntry, Job, StreamEvent
from apps.core.scope import everyone
from apps.orders import actions, rules
from apps.orders.actions import Asked, actor_of
from apps.orders.models import CreditNote, Invoice, Order, OrderEvent, Return, TrackingEvent
from tests.compliance.make import drawer, facility
from tests.orders.conftest import member

pytestmark = pytest.mark.django_db
BUYER, SELLER, HOUSE = "retailer", "wholesaler", "system"
NOTHING, HELD, PICKED, GONE = (0, 0, 0, 10), (4, 0, 0, 6), (0, 4, 0, 6), (0, 0, 4, 6)  # four flowers of ten
THREE = {"reason": "OUT_OF_STOCK", "lines": [{"quantity": Decimal(3)}]}
DEARER = {"reason": "PRICE", "lines": [{"price": Decimal(21)}]}
BROKEN = {"reason": "DAMAGED", "lines": [{"picked": Decimal(3)}]}
WAY = {"driver": {"name": "D. Ortiz", "licence": "O123"}, "vehicle": {"plate": "VAN-2", "make": "Ford", "model": "T"}}


# --- how an order comes to where a row begins


def at(state: str) -> Callable:
    """Where the order stands that the function brings."""

    def marked(come: Callable) -> Callable:
        come.at = state
        return come

    return marked


def walked(state: str, *steps: tuple, **submitted) -> Callable:
    """By the shortest way to a state, then these (verb, data) steps."""

    @at(state)
    def come(market) -> Order:
        order = market.draft(("FLOWER", 4)) if state == "DRAFT" else market.order(state=state, **submitted)
        for verb, data in steps:
            order = market.do(order, verb, **named(order, data))
        return market.fresh(order)

    return come


@at("COUNTERED")
def proposed(market) -> Order:
    """An order the seller made, waiting for the retailer."""
    order = sellers_draft(market)
    market.do(order, "propose", by=market.cast.seller)
    return market.fresh(order)


@at("DRAFT")
def sellers_draft(market) -> Order:
    return market.draft(("FLOWER", 4), by=market.cast.seller)


@at("COUNTERED")
def countered(market) -> Order:
    return walked("PENDING", ("counter", THREE))(market)


@at("PENDING")
def held_too_long(market) -> Order:
    order = walked("PENDING")(market)
    market.now = order.hold_until
    return order


@at("PENDING")
def backordered(market) -> Order:
    """One of four, for which the others did not wait."""
    parent = walked("PENDING", on_short="SHIP_AVAILABLE")(market)
    market.do(parent, "accept", remainder="backorder", **named(parent, {"lines": [{"accepted": Decimal(3)}]}))
    with everyone("test"):
        child = Order.objects.get(backorder_of=parent)
    return market.fresh(child)


@at("PENDING")
def never_taken_up(market) -> Order:
    order = held_too_long(market)
    market.as_house(order, "hold_expire")
    return market.fresh(order)


def reported(*steps: tuple) -> Callable:
    """Being prepared at a site that reports to METRC."""

    @at("PREPARING")
    def come(market) -> Order:
        with everyone("test"):
            number = License.objects.get(location=market.cast.place).number
        drawer(facility=facility(place=market.cast.place, number=number))
        return walked("PREPARING", *steps)(market)

    return come


@at("PREPARING")
def acknowledged(market) -> Order:
    order = reported(("manifest", WAY))(market)
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(compliance="ACKNOWLEDGED", manifest_number="0009124398")
    return market.fresh(order)


def named(order: Order, data: dict) -> dict:
    """`data` with the order's one line named in it."""
    with everyone("test"):
        line = order.lines.first()
    return data | {"lines": [{"id": line.pk} | one for one in data["lines"]]} if "lines" in data else data


# --- what a row has done besides


def line(order: Order):
    with everyone("test"):
        return order.lines.get()


def is_proposed(market, order) -> bool:
    with everyone("test"):
        return order.proposals.filter(state="OPEN").count() == 1


def reviewed_by_the_seller(market, order) -> bool:
    return order.reviewer_id == market.cast.seller.pk


def invoiced(market, order) -> bool:
    with everyone("test"):
        return Invoice.objects.get(order=order).total == order.total == Decimal(80)


def credited(amount: int) -> Callable:
    def found(market, order) -> bool:
        with everyone("test"):
            return sum(note.amount for note in CreditNote.objects.filter(invoice__order=order)) == amount

    return found


def due(market, order) -> bool:
    with everyone("test"):
        invoice = Invoice.objects.get(order=order)
    return invoice.due_date is not None and credited(20)(market, order) and line(order).received == 3


def accepted(quantity: int) -> Callable:
    return lambda market, order: line(order).accepted == quantity and order.total == 20 * quantity


def cancelled_by(side: str) -> Callable:
    return lambda market, order: order.cancelled_by == side


def tracked(market, order) -> bool:
    with everyone("test"):
        return TrackingEvent.objects.filter(order=order, kind="DEPARTED").exists()


def returned(state: str) -> Callable:
    def found(market, order) -> bool:
        with everyone("test"):
            return Return.objects.get(order=order).state == state

    return found


@dataclass(frozen=True)
class Row:
    """`number` is the table's; `goods` are held, allocated, leaving and available afterwards."""

    number: str
    verb: str
    by: str
    come: Callable
    state: str
    goods: tuple
    data: dict | None = None
    also: Callable = lambda market, order: True

    def __str__(self) -> str:
        return f"{self.number}-{self.verb}-by-{self.by}-to-{self.state}"


def flag(name: str, value=True) -> Callable:
    return lambda market, order: getattr(order, name) == value


OTHER, ONE_BACK = {"reason": "OTHER"}, {"lines": [{"quantity": Decimal(1)}], "reason": "DAMAGED"}
SHORT = {"lines": [{"received": Decimal(3), "reason": "One broke"}], "signed_by": "R."}
asked_to_cancel = ("request_cancel", {"text": "We closed."})
disputed = ("dispute", {"text": "Stale."})
resolved = ("resolve", {"text": "We credit one.", "credit": Decimal(20)})
asked_back = ("ask_return", ONE_BACK)
S = walked
picked_short, amended = S("PREPARING", ("short_pick", BROKEN)), S("ACCEPTED", ("amend", THREE))
lenient, filed = S("PREPARING", on_short="SHIP_AVAILABLE"), reported(("manifest", WAY))
ENDED, ONE_LESS = {"reason": "CREDIT"}, {"lines": [{"received": Decimal(3)}]}
YES, NO = {"approve": True}, {"approve": False}
back = S("CONFIRMED", asked_back)
TABLE = [
    Row("T3", "delete", BUYER, S("DRAFT"), "DRAFT", NOTHING, also=lambda market, order: order.deleted_at),
    Row("T3", "delete", SELLER, sellers_draft, "DRAFT", NOTHING, also=lambda market, order: order.deleted_at),
    Row("T4", "submit", BUYER, S("DRAFT"), "PENDING", HELD, {"signed_by": "R."}, flag("terms_read_by", "R.")),
    Row("T5", "propose", SELLER, sellers_draft, "COUNTERED", HELD, also=is_proposed),
    Row("T6", "claim", SELLER, S("PENDING"), "REVIEW", HELD, also=reviewed_by_the_seller),
    Row("T6", "claim", SELLER, S("REVIEW"), "REVIEW", HELD, {"take_over": True}, reviewed_by_the_seller),
    Row("T7", "release", SELLER, S("REVIEW"), "PENDING", HELD, also=flag("reviewer_id", None)),
    Row("T7", "release", HOUSE, S("REVIEW"), "PENDING", HELD, also=flag("reviewer_id", None)),
    Row("T8", "accept", SELLER, S("PENDING"), "ACCEPTED", PICKED, also=accepted(4)),
    Row("T8", "accept", SELLER, S("REVIEW"), "ACCEPTED", PICKED, also=accepted(4)),
    Row("T8", "hold", HOUSE, backordered, "PENDING", (1, 3, 0, 6), also=flag("hold_expired", False)),
    Row("T9", "counter", SELLER, S("PENDING"), "COUNTERED", (3, 0, 0, 7), THREE, is_proposed),
    Row("T9", "counter", SELLER, S("REVIEW"), "COUNTERED", HELD, DEARER, is_proposed),
    Row("T10", "approve", BUYER, countered, "ACCEPTED", (0, 3, 0, 7), also=accepted(3)),
    Row("T10", "approve", BUYER, proposed, "ACCEPTED", PICKED, also=accepted(4)),
    Row("T11", "decline", BUYER, countered, "REVIEW", HELD, {"keep": True}),
    Row("T11", "decline", BUYER, countered, "CANCELLED", NOTHING, {"keep": False}, cancelled_by(BUYER)),
    Row("T11", "decline", BUYER, proposed, "CANCELLED", NOTHING, {"keep": True}, cancelled_by(BUYER)),
    Row("T12", "withdraw", SELLER, countered, "REVIEW", HELD),
    Row("T12", "withdraw", SELLER, proposed, "CANCELLED", NOTHING, also=cancelled_by(SELLER)),
    Row("T12", "withdraw", SELLER, amended, "ACCEPTED", PICKED, also=accepted(4)),
    Row("T12", "withdraw", SELLER, picked_short, "PREPARING", PICKED, also=accepted(4)),
    Row("T12", "lapse", HOUSE, countered, "REVIEW", HELD),
    Row("T12", "lapse", HOUSE, proposed, "CANCELLED", NOTHING, also=cancelled_by(HOUSE)),
    Row("T13", "reject", SELLER, S("PENDING"), "REJECTED", NOTHING, ENDED, flag("reason_code", "CREDIT")),
    Row("T13", "reject", SELLER, S("REVIEW"), "REJECTED", NOTHING, {"text": "A recall."}, flag("reason", "A recall.")),
    Row("T14", "cancel", BUYER, S("PENDING"), "CANCELLED", NOTHING, also=cancelled_by(BUYER)),
    Row("T14", "cancel", BUYER, S("REVIEW"), "CANCELLED", NOTHING, also=cancelled_by(BUYER)),
    Row("T14", "cancel", BUYER, countered, "CANCELLED", NOTHING, also=cancelled_by(BUYER)),
    Row("T15", "hold_expire", HOUSE, held_too_long, "PENDING", NOTHING, also=flag("hold_expired")),
    Row("T15", "cancel", HOUSE, never_taken_up, "CANCELLED", NOTHING, also=cancelled_by(HOUSE)),
    Row("T16", "amend", SELLER, S("ACCEPTED"), "ACCEPTED", PICKED, THREE, is_proposed),
    Row("T16", "approve_amend", BUYER, amended, "ACCEPTED", (0, 3, 0, 7), also=accepted(3)),
    Row("T16", "decline_amend", BUYER, amended, "ACCEPTED", PICKED, also=accepted(4)),
    Row("T17", "cancel", BUYER, S("ACCEPTED"), "CANCELLED", NOTHING, also=cancelled_by(BUYER)),
    Row("T17", "cancel", SELLER, S("ACCEPTED"), "CANCELLED", NOTHING, OTHER, cancelled_by(SELLER)),
    Row("T17", "cancel", SELLER, S("PREPARING"), "CANCELLED", NOTHING, OTHER, cancelled_by(SELLER)),
    Row("T17b", "request_cancel", BUYER, S("ACCEPTED"), "ACCEPTED", PICKED, OTHER, flag("cancel_requested")),
    Row("T17b", "request_cancel", BUYER, S("PREPARING"), "PREPARING", PICKED, OTHER, flag("cancel_requested")),
    Row("T17b", "refuse_cancel", SELLER, S("ACCEPTED", asked_to_cancel), "ACCEPTED", PICKED, OTHER),
    Row("T17b", "refuse_cancel", SELLER, S("PREPARING", asked_to_cancel), "PREPARING", PICKED, OTHER),
    Row("T17b", "cancel", SELLER, S("PREPARING", asked_to_cancel), "CANCELLED", NOTHING, OTHER, cancelled_by(SELLER)),
    Row("T18", "prepare", SELLER, S("ACCEPTED"), "PREPARING", PICKED),
    Row("T19", "short_pick", SELLER, S("PREPARING"), "PREPARING", PICKED, BROKEN, is_proposed),
    Row("T19", "approve_amend", BUYER, picked_short, "PREPARING", (0, 3, 0, 7), also=accepted(3)),
    Row("T19", "decline_amend", BUYER, picked_short, "PREPARING", PICKED, also=accepted(4)),
    Row("T19", "short_pick", SELLER, lenient, "PREPARING", (0, 3, 0, 7), BROKEN, accepted(3)),
    Row("T20", "unprepare", SELLER, S("PREPARING"), "ACCEPTED", PICKED),
    Row("T21", "manifest", SELLER, reported(), "PREPARING", PICKED, WAY, flag("compliance", "QUEUED")),
    Row("T21", "void_manifest", SELLER, filed, "PREPARING", PICKED, also=flag("compliance", "VOIDED")),
    Row("T22", "ship", SELLER, S("PREPARING"), "SHIPPED", GONE, {"tracking": "Van 2"}, invoiced),
    Row("T22", "ship", SELLER, acknowledged, "SHIPPED", GONE, also=invoiced),
    Row("T23", "track", SELLER, S("SHIPPED"), "SHIPPED", GONE, {"kind": "DEPARTED"}, tracked),
    Row("T23", "track", HOUSE, S("SHIPPED"), "SHIPPED", GONE, {"kind": "DEPARTED"}, tracked),
    Row("T24", "void_ship", SELLER, S("SHIPPED"), "PREPARING", PICKED, also=flag("payment", "UNBILLED")),
    Row("T25", "deliver", SELLER, S("SHIPPED"), "DELIVERED", GONE, SHORT, due),
    Row("T25", "deliver", HOUSE, S("SHIPPED"), "DELIVERED", GONE, SHORT, due),
    Row("T26", "refuse_all", SELLER, S("SHIPPED"), "RETURNED", GONE, OTHER, credited(80)),
    Row("T26", "refuse_all", HOUSE, S("SHIPPED"), "RETURNED", GONE, OTHER, credited(80)),
    Row("T27", "confirm", BUYER, S("DELIVERED"), "CONFIRMED", GONE, ONE_LESS, credited(20)),
    Row("T27", "confirm", HOUSE, S("DELIVERED"), "CONFIRMED", GONE, also=credited(0)),
    Row("T28", "dispute", BUYER, S("DELIVERED"), "DELIVERED", GONE, {"text": "Stale."}, flag("disputed")),
    Row("T29", "resolve", SELLER, S("DELIVERED", disputed), "DELIVERED", GONE, resolved[1], is_proposed),
    Row("T29", "settle", BUYER, S("DELIVERED", disputed, resolved), "CONFIRMED", GONE, also=credited(20)),
    Row("T30", "ask_return", BUYER, S("CONFIRMED"), "CONFIRMED", GONE, ONE_BACK, returned("ASKED")),
    Row("T30", "answer_return", SELLER, back, "CONFIRMED", GONE, YES, credited(20)),
    Row("T30", "answer_return", SELLER, back, "CONFIRMED", GONE, NO, returned("REFUSED")),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_a_transition_of_the_table(market, row):
    order = row.come(market)
    came, version = order.state, order.version
    assert came == row.come.at
    with everyone("test"):
        jobs, news = Job.objects.count(), StreamEvent.objects.filter(topic=order.topic).count()
    data = named(order, row.data or {})
    if row.by == HOUSE:
        market.as_house(order, row.verb, **data)
    else:
        who = {BUYER: market.cast.buyer, SELLER: market.cast.seller}[row.by]
        market.do(order, row.verb, by=who, version=version, **data)
    order = market.fresh(order)

    assert (order.state, market.standing()) == (row.state, row.goods)
    assert row.also(market, order)
    with everyone("test"):
        event = OrderEvent.objects.get(order=order, version=order.version)
        assert (event.action, event.from_state, event.to_state, event.side) == (row.verb, came, row.state, row.by)
        assert order.version == version + 1
        assert AuditEntry.objects.filter(action=f"order.{row.verb}", subject_id=str(order.pk)).exists()
        told = Job.objects.filter(name="orders.tell_people").order_by("-pk").first()
        assert (Job.objects.count() > jobs, told.kwargs["event"]) == (True, event.pk)
        assert StreamEvent.objects.filter(topic=order.topic).count() > news


def test_the_table_has_every_move_from_every_state_it_begins_in():
    """A move that is added, or may begin somewhere more, needs its row here."""
    shown = {(row.verb, row.come.at) for row in TABLE}
    wanted = {(move.action, str(state)) for move in rules.MOVES.values() for state in move.source}
    assert shown == wanted - {("edit", "DRAFT")}
    assert {row.number for row in TABLE} >= {f"T{n}" for n in range(3, 31)} | {"T17b"}
    for move in rules.MOVES.values():
        sides = {row.by for row in TABLE if row.verb == move.action}
        assert sides == set(move.permissions) or move.action == "edit", move.action


@pytest.mark.parametrize(("by", "side"), [("buyer", BUYER), ("seller", SELLER)])
def test_t1_and_t2_a_draft_is_made_and_edited_by_its_own_side_and_promises_nothing(market, by, side):
    who, other = (getattr(market.cast, name) for name in (by, {"buyer": "seller", "seller": "buyer"}[by]))
    order = market.draft(("FLOWER", 2), by=who)
    assert (order.state, order.version, order.drafted_by, bool(order.number)) == ("DRAFT", 1, side, True)
    with market.scoped(who):
        change = {
            "order": order,
            "by": actor_of(member(who)),
            "now": market.now,
            "lines": [Asked("FLOWER", Decimal(5))],
        }
        actions.edit(**change, version=1)
        with pytest.raises(Refused) as stale:
            actions.edit(**change, version=1)
    assert (stale.value.code, stale.value.status) == ("version-mismatch", 412)
    order = market.fresh(order)
    assert (order.version, order.total, market.standing()) == (2, Decimal(100), NOTHING)
    with everyone("test"):
        told = list(OrderEvent.objects.filter(order=order).values_list("action", "side", "version").order_by("version"))
    assert told == [("edit", side, 1), ("edit", side, 2)]
    with market.scoped(other):
        assert not Order.objects.visible_to(other).exists()


# --- guards that the rows above do not meet


def refused(market, order, verb, by=None, **data) -> Refused:
    with pytest.raises(Refused) as found:
        market.do(order, verb, by=by, **data)
    return found.value


def test_t3_a_backorder_is_not_deleted_but_cancelled(market):
    child = backordered(market)
    with everyone("test"):
        Order.objects.filter(pk=child.pk).update(state="DRAFT")
    assert refused(market, child, "delete", by=market.cast.buyer).code == "illegal-transition"


def test_t10_an_answer_after_the_deadline_is_refused(market):
    order = countered(market)
    market.now = order.answer_by + timedelta(seconds=1)
    assert refused(market, order, "approve").code == "answer-overdue"


def test_t12_what_is_gone_meanwhile_is_marked_short_and_not_held(market):
    order = countered(market)
    market.order(("FLOWER", 7))
    order = market.do(order, "withdraw")
    assert (order.state, order.short, market.standing()) == ("REVIEW", True, (7, 0, 0, 3))


def test_t15_a_hold_that_still_runs_is_not_ended(market):
    order = market.order()
    with pytest.raises(Refused) as found:
        market.as_house(order, "hold_expire")
    assert (found.value.code, market.standing()) == ("illegal-transition", HELD)


def test_t16_one_amendment_waits_at_a_time(market):
    order = S("ACCEPTED", ("amend", THREE))(market)
    assert refused(market, order, "amend", **named(order, DEARER)).code == "proposal-open"


def test_t17_an_open_manifest_is_voided_before_anything_is_taken_apart(market):
    order = reported(("manifest", WAY))(market)
    for verb, data in [("cancel", OTHER), ("unprepare", {}), ("short_pick", named(order, BROKEN)), ("manifest", WAY)]:
        assert refused(market, order, verb, **data).code == "void-first", verb
    market.do(order, "void_manifest")
    assert market.do(order, "cancel", **OTHER).state == "CANCELLED"


def test_t17b_one_request_to_cancel_at_a_time_and_none_is_answered_that_was_not_made(market):
    order = market.order(state="ACCEPTED")
    assert refused(market, order, "refuse_cancel", **OTHER).code == "nothing-requested"
    market.do(order, "request_cancel", **OTHER)
    assert refused(market, order, "request_cancel", **OTHER).code == "already-requested"


def test_t19_a_short_pick_only_lowers(market):
    order = market.order(state="PREPARING")
    more = {"reason": "OTHER", "lines": [{"picked": Decimal(5)}]}
    assert refused(market, order, "short_pick", **named(order, more)).code == "quantity-rule"


def test_t22_goods_that_are_reported_leave_with_the_number_alone(market):
    order = reported(("manifest", WAY))(market)
    assert refused(market, order, "ship").code == "manifest-required"
    assert (market.fresh(order).state, market.standing()) == ("PREPARING", PICKED)


@pytest.mark.parametrize("more", [Decimal(5), Decimal(-1)])
def test_t25_and_t27_at_most_what_was_shipped_is_received(market, more):
    order = market.order(state="SHIPPED")
    data = named(order, {"lines": [{"received": more, "reason": "x"}]})
    assert refused(market, order, "deliver", **data).code == "quantity-rule"
    market.do(order, "deliver")
    assert refused(market, order, "confirm", **data).code == "quantity-rule"


def test_t25_a_delivery_of_nothing_is_a_refusal_at_the_door(market):
    order = market.order(state="SHIPPED")
    nothing = {"lines": [{"received": Decimal(0), "reason": "All broke"}]}
    assert refused(market, order, "deliver", **named(order, nothing)).code == "nothing-received"


def test_t29_nothing_is_settled_that_is_not_disputed_nor_for_more_than_the_order(market):
    order = market.order(state="DELIVERED")
    assert refused(market, order, "resolve", **resolved[1]).code == "nothing-disputed"
    market.do(order, "dispute", text="Stale.")
    assert refused(market, order, "resolve", text="All.", credit=Decimal("80.01")).code == "credit-note-too-large"


@pytest.mark.parametrize("quantity", [Decimal(0), Decimal(5)])
def test_t30_no_more_comes_back_than_arrived(market, quantity):
    order = market.order(state="CONFIRMED")
    back = {"reason": "OTHER", "lines": [{"quantity": quantity}]}
    assert refused(market, order, "ask_return", **named(order, back)).code == "quantity-rule"
