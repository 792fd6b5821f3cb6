"""After two organizations' connection ended, or a site closed: what they agreed on is still both sides' to see, to
carry out and to pay; nothing new is begun; a stranger sees as little as before."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from apps.accounts.models import Connection, Location
from apps.core.errors import Refused
from apps.core.models import StreamEvent
from apps.core.roles import as_owner
from apps.core.scope import everyone, scope
from apps.orders.actions import clocks, drafts
from apps.orders.actions.moving import add_up
from apps.orders.models import Invoice, Order
from tests.orders.test_api import API, Caller

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"
STATES = ["PENDING", "REVIEW", "COUNTERED", "ACCEPTED", "PREPARING", "SHIPPED", "DELIVERED", "CONFIRMED"]
PAPERS = {"confirmation": STATES, "packing-list": STATES, "invoice": STATES[-3:]}
LEFT = [  # what may still be moved, by whom, and where to
    ("PENDING", "cancel", "buyer", {}, "CANCELLED"),
    ("PENDING", "reject", "seller", {"reason": "OTHER", "text": "We part."}, "REJECTED"),
    ("REVIEW", "accept", "seller", {}, "ACCEPTED"),
    ("COUNTERED", "approve", "buyer", {}, "ACCEPTED"),
    ("COUNTERED", "decline", "buyer", {}, "REVIEW"),
    ("ACCEPTED", "prepare", "seller", {}, "PREPARING"),
    ("PREPARING", "ship", "seller", {"tracking": "Van 2"}, "SHIPPED"),
    ("SHIPPED", "deliver", "seller", {"signed_by": "R. Alvarez"}, "DELIVERED"),
    ("DELIVERED", "confirm", "buyer", {}, "CONFIRMED"),
    ("DELIVERED", "dispute", "buyer", {"text": "Wet boxes."}, "DELIVERED"),
    ("CONFIRMED", "ask_return", "buyer", {"text": "Too much."}, "CONFIRMED"),
]


def in_state(market, state: str) -> Order:
    order = market.order(("FLOWER", 4), ("GUMMIES", 10), state="REVIEW" if state == "COUNTERED" else state)
    if state != "COUNTERED":
        return order
    with everyone("test"):
        line = order.lines.get(sku="FLOWER")
    market.do(order, "counter", reason="OTHER", text="Three.", lines=[{"id": line.pk, "quantity": Decimal(3)}])
    return market.fresh(order)


def part() -> None:
    with everyone("test"):
        Connection.objects.all().delete()


def close_site(market) -> None:
    with everyone("test"):
        Location.objects.filter(pk=market.cast.place.pk).update(is_active=False)


@pytest.fixture
def sides(market, client_of):
    return {"buyer": Caller(client_of(market.cast.buyer)), "seller": Caller(client_of(market.cast.seller))}


@pytest.mark.parametrize("state", STATES)
def test_both_sides_still_list_open_and_read_it_with_its_papers_and_a_stranger_nothing(
    market, sides, client_of, state, run_jobs
):
    order = in_state(market, state)
    part()

    for name, side in sides.items():
        other = "Northlight Supply Co." if name == "buyer" else "Juniper &amp; Pine"
        listed = side.get(f"{ORDERS}?state=all").content.decode()
        assert f">{order.number}<" in listed
        assert other in listed
        assert order.number in side.get(f"{ORDERS}?state=all&q={other.split()[0].lower()}").content.decode()
        page = side.get(f"{ORDERS}{order.number}/")
        assert page.status_code == 200
        assert other in page.content.decode()
        assert [row["number"] for row in side.get(API).json()["results"]] == [order.number]
        theirs = order.seller_id if name == "buyer" else order.buyer_id
        assert len(side.get(f"{API}?partner={theirs}").json()["results"]) == 1
        read = side.get(f"{API}{order.number}/").json()
        assert (read["state"], len(read["lines"])) == (state, 2)
        assert (read["seller_name"], read["buyer_name"]) == ("Northlight Supply Co.", "Juniper & Pine")
        for path in ("transitions", "events", "messages", "tracking"):
            assert side.get(f"{API}{order.number}/{path}/").status_code == 200
        for kind, states in PAPERS.items():
            asked = side.get(f"{API}{order.number}/documents/{kind}.pdf")
            assert (asked.status_code == 200) is (state in states), (kind, asked.content[:300])
        assert side.get(f"{ORDERS}{order.number}/docs/confirmation.pdf").content.startswith(b"%PDF")
    assert sides["seller"].get(reverse("admin:orders_order_change", args=[order.pk])).status_code == 200
    desk = sides["seller"].get(reverse("admin:orders_order_changelist") + "?state__exact=all")
    assert order.number in desk.content.decode()
    stranger = client_of(market.cast.outsider)
    for path in (f"{ORDERS}{order.number}/", f"{API}{order.number}/", f"{ORDERS}{order.number}/docs/confirmation.pdf"):
        assert stranger.get(path).status_code == 404


@pytest.mark.parametrize(
    ("state", "action", "side", "data", "to"), LEFT, ids=lambda one: one if type(one) is str else ""
)
def test_what_may_still_be_moved_is_moved_with_all_its_lines(market, sides, state, action, side, data, to):
    order = in_state(market, state)
    if action == "ask_return":
        with everyone("test"):
            data = data | {"lines": [{"id": str(order.lines.get(sku="FLOWER").pk), "quantity": "1"}]}
    part()

    answer = sides[side].do(order.number, action, **data)

    assert answer.status_code == 200, answer.content
    moved = market.fresh(order)
    flower = "60.00" if action == "approve" else "80.00"
    assert (moved.state, moved.lines_count, moved.total) == (to, 2, Decimal(flower) + 95)


def test_pages_of_moves_open_and_their_forms_go_through(market, client_of):
    order = market.order(("FLOWER", 4), state="DELIVERED")
    part()
    buyer = client_of(market.cast.buyer)
    for page in ("receive", "dispute", "track", "reorder"):
        assert buyer.get(f"{ORDERS}{order.number}/{page}/").status_code == 200, page

    assert buyer.post(f"{ORDERS}{order.number}/receive/", {"version": order.version}).status_code == 302
    assert market.fresh(order).state == "CONFIRMED"


def test_nothing_can_be_ordered_again(market, client_of):
    order = market.order(("FLOWER", 4), state="CONFIRMED")
    part()
    answer = client_of(market.cast.buyer).post(f"{ORDERS}{order.number}/reorder/")

    assert answer.status_code == 409
    assert "Nothing of this order is offered any more." in answer.content.decode()


@pytest.mark.parametrize("verb", ["submit", "edit"])
def test_a_draft_left_over_is_read_and_deleted_but_not_submitted(market, sides, client_of, verb):
    draft = market.draft(("FLOWER", 4), ("GUMMIES", 10))
    part()
    buyer = client_of(market.cast.buyer)
    page = buyer.get(f"{ORDERS}{draft.number}/").content.decode()
    assert "are no longer connected" in page
    assert "/portal/catalog/?location=" not in page
    assert "are no longer connected" in buyer.get(f"{ORDERS}{draft.number}/submit/").content.decode()
    if verb == "submit":
        refused = sides["buyer"].do(draft.number, "submit")
        assert (refused.status_code, refused.json()["code"]) == (409, "not-connected")
    else:
        with market.scoped(market.cast.buyer):
            drafts.edit(
                order=draft,
                by=actions_of(market),
                now=market.now,
                version=None,
                lines=[drafts.Asked("FLOWER", Decimal(2))],
            )
        kept = market.fresh(draft)
        assert (kept.lines_count, kept.total) == (2, Decimal("135.00"))  # at the price it had
    version = market.fresh(draft).version
    assert buyer.post(f"{ORDERS}{draft.number}/delete/", {"version": version}).status_code == 302


def actions_of(market):
    from apps.orders.actions import actor_of
    from tests.orders.conftest import member

    return actor_of(member(market.cast.buyer))


@pytest.mark.parametrize("ending", ["part", "close"])
def test_a_backorder_is_opened_and_read_by_both(market, sides, ending):
    order = market.order(("FLOWER", 6), ("GUMMIES", 10), on_short="SHIP_AVAILABLE")
    part() if ending == "part" else close_site(market)
    with everyone("test"):
        line = order.lines.get(sku="FLOWER")

    answer = sides["seller"].do(
        order.number, "accept", lines=[{"id": str(line.pk), "accepted": "4"}], remainder="backorder"
    )

    assert answer.status_code == 200, answer.content
    for side in sides.values():
        child = next(row for row in side.get(API).json()["results"] if row["backorder_of"] == order.number)
        assert (child["total"], child["lines"][0]["ordered"]) == ("40.00", "2")
        assert (child["seller_name"], child["deliver_to"]) == ("Northlight Supply Co.", "Juniper & Pine, Ferndale")


def test_clocks_move_it_on_and_invoices_fall_due(market):
    order = market.order(("FLOWER", 4), state="DELIVERED")
    held = market.order(("GUMMIES", 10))
    part()
    with scope(everyone="test"):
        assert clocks.move_on(market.now + timedelta(days=8)) == 2
    assert market.fresh(order).state == "CONFIRMED"
    assert market.fresh(held).hold_expired


def test_invoices_are_listed_opened_and_printed_by_both(market, sides):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    part()
    with everyone("test"):
        bill = Invoice.objects.get(order=order)
    for side in sides.values():
        assert bill.number in side.get("/portal/invoices/?state=all").content.decode()
        assert side.get(reverse("invoices:detail", args=[bill.pk])).status_code == 200
        assert side.get(reverse("invoices:pdf", args=[bill.pk])).content.startswith(b"%PDF")


def test_its_topic_and_its_events_stay_open_to_both(market, sides):
    order = market.order(("FLOWER", 4))
    part()
    with everyone("test"):
        first = StreamEvent.objects.filter(topic=order.topic).count()
    for side in sides.values():
        told = side.get(f"/api/v1/events/?topic={order.topic}&after=0")
        assert (told.status_code, first > 0) == (200, True)


def test_a_name_changed_later_does_not_change_what_was_agreed(market, client_of):
    order = market.order(("FLOWER", 4))
    with everyone("test"):
        market.cast.place.organization.name = "Southlight"
        market.cast.place.organization.save()
    assert "Northlight Supply Co." in client_of(market.cast.buyer).get(f"{ORDERS}{order.number}/").content.decode()


def test_orders_of_before_are_given_what_they_tell(market):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    kept = ["seller_name", "buyer_name", "site", "site_license", "site_zone"]
    with everyone("test"):
        was = Order.objects.filter(pk=order.pk).values(*kept).get()
        Order.objects.filter(pk=order.pk).update(**dict.fromkeys(kept[:4], ""), site_zone="UTC")
        Invoice.objects.update(seller_name="", buyer_name="")
    filling = import_module("apps.orders.migrations.0007_fill_names_on_orders").Migration.operations
    with as_owner(), connection.cursor() as cursor:
        for operation in filling:
            for statement in operation.sql:
                cursor.execute(statement)

    with everyone("test"):
        assert Order.objects.filter(pk=order.pk).values(*kept).get() == was
        assert Invoice.objects.get().seller_name == "Northlight Supply Co."
    assert all(was.values())


def test_an_order_whose_lines_were_lost_would_be_worth_nothing(market):
    """Why no line may be lost on the way: the order's total is what its lines add up to."""
    order = market.order(("FLOWER", 4))
    add_up(order, [])
    assert order.total == 0
    with pytest.raises(Refused, match="no lines"):
        market.do(market.draft(), "submit")
