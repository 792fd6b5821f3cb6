"""What an order tells its open pages and programs, and whom it tells nothing."""

import pytest

from apps.accounts.models import Membership
from apps.core.live import people
from apps.core.live.people import Listener
from apps.core.scope import everyone

pytestmark = pytest.mark.django_db
EVENTS = "/api/v1/events/"


def test_an_orders_moves_are_read_after_a_number_by_both_sides_and_by_nobody_else(market, client_of):
    order = market.order()
    market.do(order, "claim")
    topic = f"order.{order.number}"
    for user in (market.cast.buyer, market.cast.seller):
        told = client_of(user).get(EVENTS, {"topic": topic, "after": 1}).json()
        assert [(one["seq"], one["data"]["action"]) for one in told["results"]] == [(2, "submit"), (3, "claim")]
        assert (told["seq"], told["reset"], told["next"]) == (3, False, None)
        assert told["results"][-1]["data"] == {
            "number": order.number,
            "state": "REVIEW",
            "version": 3,
            "action": "claim",
        }
    stranger = client_of(market.cast.outsider)
    theirs, nobodys = (stranger.get(EVENTS, {"topic": name}) for name in (topic, "order.999999"))
    assert (theirs.status_code, theirs.content) == (404, nobodys.content)
    own, others = (f"orders.{one.pk}" for one in (market.cast.retailer, market.cast.wholesaler))
    buyer = client_of(market.cast.buyer)
    assert [buyer.get(EVENTS, {"topic": name}).status_code for name in (own, others)] == [200, 404]
    assert buyer.get(EVENTS, {"topic": topic, "after": 99}).json()["reset"] is True
    assert buyer.get(EVENTS, {"topic": topic, "after": "-1"}).status_code == 400


def test_a_socket_that_may_no_longer_hear_an_order_is_told_nothing_more(market, client_of):
    order = market.order()
    listener = Listener(session=client_of(market.cast.buyer).cookies["sessionid"].value)
    topic = f"order.{order.number}"
    assert people.admitted(listener, {topic}) == {topic}
    with everyone("test"):
        Membership.objects.filter(user=market.cast.buyer).delete()
    assert people.admitted(listener, {topic}) == set()


def test_a_draft_is_heard_by_its_maker_alone(market, client_of):
    topic = f"order.{market.draft(('FLOWER', 1)).number}"
    heard = [
        client_of(user).get(EVENTS, {"topic": topic}).status_code for user in (market.cast.buyer, market.cast.seller)
    ]
    assert heard == [200, 404]
