"""Who hears of an order's moves, where, and once."""

import pytest
from django.core import mail

from apps.accounts.actions.telling import write_letter
from apps.accounts.models import Membership, Notification
from apps.accounts.rules.told import Kind
from apps.core.models import StreamEvent
from apps.core.scope import everyone
from apps.orders import rules
from apps.orders.actions import messages, telling
from apps.orders.actions.actors import actor_of
from apps.orders.models import OrderEvent
from apps.orders.rules.telling import TOLD
from tests import make
from tests.orders.conftest import member

pytestmark = pytest.mark.django_db


def told(*, channel="in_app") -> list[tuple[str, str]]:
    with everyone("test"):
        rows = Notification.objects.filter(channel=channel).order_by("id")
        return [(row.user.email, row.title) for row in rows.select_related("user")]


def test_a_submitted_order_is_told_to_the_desk_and_an_accepted_one_to_the_retailers_people(market, run_jobs):
    make.user(email="driver@northlight.test", at=market.cast.wholesaler, role="buyer")
    make.user(email="viewer@juniper.test", at=market.cast.retailer, role="viewer")
    order = market.order()
    run_jobs()
    assert told() == [("staff@northlight.test", f"Juniper & Pine submitted order {order.number}.")]
    assert [letter.to for letter in mail.outbox] == [["staff@northlight.test"]]
    assert mail.outbox[0].subject == f"Juniper & Pine submitted order {order.number}."
    assert f"/portal/orders/{order.number}/" in mail.outbox[0].body
    market.do(order, "accept")
    run_jobs()
    assert told()[1:] == [("buyer@juniper.test", f"Northlight Supply Co. accepted order {order.number}.")]


def test_a_job_that_runs_twice_tells_nobody_twice(market, run_jobs):
    market.order()
    run_jobs()
    before = told(), told(channel="email"), len(mail.outbox)
    with everyone("test"):
        event = OrderEvent.objects.get(action="submit").pk
        letter = Notification.objects.get(channel="email").pk
    assert telling.tell_of_event(event=event, now=market.now) == 0
    write_letter(notification=letter, now=market.now)
    run_jobs()
    assert (told(), told(channel="email"), len(mail.outbox)) == before


def test_what_the_house_does_is_told_to_both_sides_and_who_acted_is_not_told(market, run_jobs):
    order = market.order()
    run_jobs()
    with everyone("test"):
        Notification.objects.all().delete()
    market.now = order.hold_until
    market.as_house(order, "hold_expire")
    run_jobs()
    assert {email for email, _title in told()} == {"staff@northlight.test", "buyer@juniper.test"}


def test_a_message_is_told_to_the_other_side_and_an_internal_one_to_ones_own(market, run_jobs, scoped):
    colleague = make.user(email="second@northlight.test", at=market.cast.wholesaler, role="owner")
    order = market.order()
    run_jobs()
    with everyone("test"):
        Notification.objects.all().delete()
    by = actor_of(member(market.cast.seller))
    for internal, heard in [(False, {market.cast.buyer.email}), (True, {colleague.email})]:
        with scoped(market.cast.seller):
            messages.write(order=order, by=by, text="At the back door.", now=market.now, internal=internal)
        run_jobs()
        assert {email for email, _title in told()} == heard
        with everyone("test"):
            Notification.objects.all().delete()


def test_a_choice_holds_for_its_kind_and_channel_alone(market, client_of, run_jobs):
    client = client_of(market.cast.seller)
    choice = {"kind": "order_new", "channel": "email", "wanted": False}
    answer = client.patch("/api/v1/notifications/choices/", choice, content_type="application/json")
    assert choice in answer.json()
    market.order()
    run_jobs()
    assert (len(told()), told(channel="email"), mail.outbox) == (1, [], [])
    page = client.get("/portal/settings/notifications/").content.decode()
    assert '<input type="checkbox" name="order_new.in_app" checked>' in page
    assert '<input type="checkbox" name="order_new.email">' in page
    client.post("/portal/settings/notifications/", {"order_new.email": "on"})
    held = {(one["kind"], one["channel"]): one["wanted"] for one in client.get("/api/v1/notifications/choices/").json()}
    assert (held["order_new", "email"], held["order_new", "in_app"]) == (True, False)


def test_ones_own_are_listed_counted_and_marked_read_and_nobody_elses(market, client_of, run_jobs):
    market.order()
    run_jobs()
    seller, buyer = client_of(market.cast.seller), client_of(market.cast.buyer)
    (row,) = seller.get("/api/v1/notifications/?unread=true").json()["results"]
    assert (row["kind"], row["read_at"]) == ("order_new", None)
    assert "1<span" in seller.get("/portal/notifications/bell/").content.decode()
    assert row["title"] in seller.get("/portal/notifications/").content.decode().replace("&amp;", "&")
    read = "/api/v1/notifications/read/"
    assert buyer.post(read, {"ids": [row["id"]]}, content_type="application/json").json() == {"read": 0}
    assert buyer.get("/api/v1/notifications/").json()["results"] == []
    assert seller.post(read, {}, content_type="application/json").json() == {"read": 1}
    assert seller.get("/api/v1/notifications/?unread=true").json()["results"] == []
    with everyone("test"):
        frames = StreamEvent.objects.filter(topic=f"me.{market.cast.seller.pk}").order_by("seq")
        assert list(frames.values_list("type", flat=True)) == ["notification.new", "notification.read"]


def test_whoever_packs_is_told_to_unpack_what_was_cancelled(market, run_jobs):
    packer = make.user(email="packer@northlight.test", at=market.cast.wholesaler, role="staff")
    with everyone("test"):
        Membership.objects.filter(user=packer).update(roles=["warehouse"])
    for state, heard in [("ACCEPTED", []), ("PREPARING", ["packer@northlight.test"])]:
        market.do(market.order(state=state), "cancel", reason="CREDIT")
        run_jobs()
        assert sorted(email for email, title in told() if "goes back to the shelf" in title) == heard


def test_every_move_that_the_other_side_should_hear_of_has_its_words():
    quiet = {"edit", "delete", "release", "prepare", "unprepare", "manifest", "void_manifest"}
    assert set(rules.MOVES) - quiet == set(TOLD) - {"backorder"}
    assert all(kind in Kind.values and "%(number)s" in str(words) for kind, words in TOLD.values())
