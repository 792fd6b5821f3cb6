"""An order's way from draft to confirmed, and the stock behind it."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from apps.core.errors import Refused
from apps.core.invariants import check
from apps.core.scope import everyone
from apps.orders.models import Invoice, Order, OrderEvent
from tests import make

pytestmark = pytest.mark.django_db


def refusal(call) -> Refused:
    with pytest.raises(Refused) as refused:
        call()
    return refused.value


def test_an_order_goes_from_draft_to_confirmed_and_both_sides_see_one_truth(market, run_jobs):
    order = market.draft(("FLOWER", 4), ("GUMMIES", 10))
    assert (order.state, order.total, order.number.isdigit()) == ("DRAFT", Decimal("175.00"), True)
    assert market.standing() == (0, 0, 0, 10)
    market.do(order, "submit")
    assert market.standing() == (4, 0, 0, 6)
    for verb, standing in [("claim", (4, 0, 0, 6)), ("accept", (0, 4, 0, 6)), ("prepare", (0, 4, 0, 6))]:
        market.do(order, verb)
        assert market.standing() == standing, verb
    market.do(order, "ship", tracking="Van 2")
    assert market.standing() == (0, 0, 4, 6)
    market.do(order, "deliver", signed_by="R. Alvarez")
    market.do(order, "confirm")
    order = market.fresh(order)
    assert (order.state, order.total, order.payment) == ("CONFIRMED", Decimal("175.00"), "OPEN")
    with everyone("test"):
        told = list(OrderEvent.objects.filter(order=order).values_list("version", "action", "to_state"))
        assert Invoice.objects.get(order=order).total == order.total
    assert [version for version, *_ in told] == list(range(1, 9))
    assert told[-1] == (8, "confirm", "CONFIRMED")
    run_jobs()
    assert not any(rule["violations"] for rule in check())


def test_the_last_units_go_to_one_buyer_and_the_other_is_told_how_many_are_left(market):
    market.order(("FLOWER", 7))
    second = market.draft(("FLOWER", 4))
    refused = refusal(lambda: market.do(second, "submit"))
    assert (refused.code, refused.status) == ("insufficient-stock", 409)
    assert refused.extra["available"][0]["available"] == "3"
    assert "Only 3" in refused.detail
    assert "you asked for 4" in refused.detail
    assert market.fresh(second).state == "DRAFT"


def test_a_draft_is_its_makers_alone(market, scoped):
    market.draft(("FLOWER", 1))
    for user, seen in [(market.cast.buyer, 1), (market.cast.seller, 0), (market.cast.outsider, 0)]:
        with scoped(user):
            assert Order.objects.visible_to(user).count() == seen


def test_who_comes_second_is_told_who_was_first(market):
    order = market.order()
    second = make.user(at=market.cast.wholesaler, role="owner", name="Sam")
    version = order.version
    market.do(order, "accept", version=version)
    refused = refusal(lambda: market.do(order, "accept", by=second, version=version))
    assert refused.code == "already-decided"
    assert str(market.cast.seller) in refused.detail or market.cast.seller.email in refused.detail


def test_a_stale_page_changes_nothing(market):
    order = market.order()
    market.do(order, "claim", version=order.version)
    refused = refusal(lambda: market.do(order, "accept", version=order.version))
    assert (refused.code, refused.status) == ("version-mismatch", 412)
    assert market.fresh(order).state == "REVIEW"


def test_a_role_without_the_right_is_refused(market):
    order = market.order()
    viewer = make.user(at=market.cast.wholesaler, role="viewer")
    with pytest.raises(PermissionDenied):
        market.do(order, "accept", by=viewer)


def test_a_counter_offer_is_approved_and_becomes_the_order(market):
    order = market.order(("FLOWER", 4), ("GUMMIES", 10))
    with everyone("test"):
        line = order.lines.get(sku="FLOWER")
    lines = [{"id": line.pk, "quantity": Decimal(3), "price": Decimal("18.00")}]
    order = market.do(order, "counter", reason="OUT_OF_STOCK", text="Three are left.", lines=lines)
    assert (order.state, market.standing()) == ("COUNTERED", (3, 0, 0, 7))
    order = market.do(order, "approve")
    assert (order.state, order.total, market.standing()) == ("ACCEPTED", Decimal("149.00"), (0, 3, 0, 7))


@pytest.mark.parametrize(
    ("keep", "state", "standing"), [(True, "REVIEW", (4, 0, 0, 6)), (False, "CANCELLED", (0, 0, 0, 10))]
)
def test_a_declined_counter_offer_goes_back_to_what_was_ordered_or_ends_it(market, keep, state, standing):
    order = market.order()
    with everyone("test"):
        line = order.lines.get()
    market.do(order, "counter", reason="PRICE", lines=[{"id": line.pk, "price": Decimal("21.00")}])
    assert market.do(order, "decline", keep=keep).state == state
    assert market.standing() == standing


def test_rejecting_needs_a_reason_and_frees_the_goods(market):
    order = market.order()
    assert refusal(lambda: market.do(order, "reject")).code == "reason-required"
    order = market.do(order, "reject", reason="OUT_OF_STOCK", text="A recall.")
    assert (order.state, order.reason, market.standing()) == ("REJECTED", "A recall.", (0, 0, 0, 10))


def test_less_is_accepted_only_where_the_retailer_allowed_it(market):
    order = market.order(("FLOWER", 4))
    with everyone("test"):
        part = [{"id": order.lines.get().pk, "accepted": Decimal(3)}]
    assert refusal(lambda: market.do(order, "accept", lines=part)).code == "retailer-must-agree"
    order = market.order(("FLOWER", 4), on_short="SHIP_AVAILABLE")
    with everyone("test"):
        part = [{"id": order.lines.get().pk, "accepted": Decimal(3)}]
    order = market.do(order, "accept", lines=part, remainder="backorder")
    assert (order.state, order.total) == ("ACCEPTED", Decimal("60.00"))
    with everyone("test"):
        child = Order.objects.get(backorder_of=order)
    assert (child.state, child.units, child.hold_expired) == ("PENDING", 1, True)


def test_received_short_is_credited_on_the_invoice(market):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    with everyone("test"):
        line = order.lines.get()
    part = {"id": line.pk, "received": Decimal(3)}
    assert refusal(lambda: market.do(order, "deliver", lines=[part])).code == "reason-required"
    market.do(order, "deliver", lines=[part | {"reason": "One jar broken"}], signed_by="R.")
    with everyone("test"):
        invoice = Invoice.objects.get(order=order)
    assert (invoice.total, invoice.credited) == (Decimal("80.00"), Decimal("20.00"))


def test_refused_at_the_door_the_goods_stay_off_the_shelf(market):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    order = market.do(order, "refuse_all", reason="DAMAGED")
    assert (order.state, market.standing()) == ("RETURNED", (0, 0, 4, 6))


def test_a_shipment_that_has_not_departed_can_be_taken_back(market):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    order = market.do(order, "void_ship")
    assert (order.state, order.payment, market.standing()) == ("PREPARING", "UNBILLED", (0, 4, 0, 6))
    market.do(order, "ship")
    market.do(order, "track", kind="DEPARTED")
    assert refusal(lambda: market.do(order, "void_ship")).code == "departed"


def test_a_disputed_delivery_is_settled_by_a_credit_both_agree_to(market):
    order = market.order(("FLOWER", 4), state="DELIVERED")
    with everyone("test"):
        line = order.lines.get()
    market.do(order, "dispute", text="Two are stale.", lines=[{"id": line.pk, "reason": "stale"}])
    assert refusal(lambda: market.do(order, "confirm")).code == "disputed"
    market.do(order, "resolve", text="We credit two.", credit=Decimal("40.00"))
    order = market.do(order, "settle")
    with everyone("test"):
        assert Invoice.objects.get(order=order).credited == Decimal("40.00")
    assert (order.state, order.disputed) == ("CONFIRMED", False)


def test_a_hold_that_ran_out_frees_the_goods_and_accepting_looks_again(market):
    order = market.order(("FLOWER", 8))
    market.now = order.hold_until
    market.as_house(order, "hold_expire")
    assert market.standing() == (0, 0, 0, 10)
    market.order(("FLOWER", 5))
    assert refusal(lambda: market.do(order, "accept")).code == "insufficient-stock"


def test_the_retailer_cancels_freely_until_the_cut_off_and_asks_after_it(market):
    order = market.order(("FLOWER", 4), state="ACCEPTED")
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(cut_off_at=market.now)
    market.now = market.now.replace(year=market.now.year + 1)
    assert refusal(lambda: market.do(order, "cancel", by=market.cast.buyer)).code == "past-cutoff"
    assert market.do(order, "request_cancel", text="We closed.").cancel_requested
    order = market.do(order, "cancel", reason="CHANGED_MIND")
    assert (order.state, market.standing()) == ("CANCELLED", (0, 0, 0, 10))
