"""What costs a company more than its limit takes a buyer who has just shown that it is them (features §3.4)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.actions import sessions
from apps.accounts.models import Organization, Session
from apps.accounts.visitors import RequestFacts
from apps.core.errors import Refused
from apps.core.models import AuditEntry
from apps.core.scope import everyone
from apps.orders.actions import actor_of, transition
from apps.orders.models import DeliveryRule, Order
from tests import make
from tests.accounts.test_team import fresh
from tests.orders.conftest import member
from tests.orders.test_api import API, Caller

pytestmark = pytest.mark.django_db
ORDERS, AGAIN = "/portal/orders/", "/accounts/security/again/"
CODE = "insufficient-user-authentication"


@pytest.fixture(autouse=True)
def limit(market):
    """Fifty dollars; an order of four flowers is eighty."""
    with everyone("test"):
        Organization.objects.filter(pk=market.cast.retailer.pk).update(confirm_above=Decimal(50))


def refused(call) -> Refused:
    with pytest.raises(Refused) as no:
        call()
    return no.value


def test_above_the_limit_the_verb_asks_who_it_is_and_up_to_it_nobody(market):
    order = market.draft(("FLOWER", 4))
    no = refused(lambda: market.do(order, "submit"))
    assert (no.code, no.status, no.detail) == (CODE, 401, "Confirm it is you to continue.")
    assert 'error="insufficient_user_authentication", max_age="600"' in no.headers["WWW-Authenticate"]
    assert (market.fresh(order).state, market.standing()) == ("DRAFT", (0, 0, 0, 10))

    by = actor_of(member(market.cast.buyer), fresh=True)
    with market.scoped(market.cast.buyer):
        assert transition(order=order, action="submit", by=by, now=market.now).state == "PENDING"
    small = market.draft(("FLOWER", 2), ("GUMMIES", 1))  # 49.50
    assert market.do(small, "submit").state == "PENDING"


def test_what_is_approved_above_it_asks_too_where_it_is_more_than_was_submitted(market):
    order = market.order(("FLOWER", 2))  # 40, below the limit
    with everyone("test"):
        line = order.lines.get()
    order = market.do(order, "counter", text="So.", lines=[{"id": line.pk, "price": Decimal(30)}])
    assert refused(lambda: market.do(order, "approve")).code == CODE
    assert (market.fresh(order).state, market.standing()) == ("COUNTERED", (2, 0, 0, 8))

    theirs = market.draft(("FLOWER", 4), by=market.cast.seller)
    theirs = market.do(theirs, "propose", by=market.cast.seller)
    assert refused(lambda: market.do(theirs, "approve")).code == CODE


def test_less_than_was_submitted_is_approved_without(market):
    order = market.draft(("FLOWER", 4))
    by = actor_of(member(market.cast.buyer), fresh=True)
    with market.scoped(market.cast.buyer):
        transition(order=order, action="submit", by=by, now=market.now)
    with everyone("test"):
        line = order.lines.get()
    market.do(order, "counter", text="So.", lines=[{"id": line.pk, "quantity": Decimal(3)}])
    assert market.do(order, "approve").state == "ACCEPTED"


def test_an_amendment_that_costs_more_asks_too(market):
    order = market.order(("FLOWER", 2), state="ACCEPTED")
    with everyone("test"):
        line = order.lines.get()
    order = market.do(order, "amend", text="So.", lines=[{"id": line.pk, "quantity": Decimal(4)}])
    assert refused(lambda: market.do(order, "approve_amend")).code == CODE


def test_the_portal_asks_once_more_and_comes_back_with_all_that_was_typed(market, client_of):
    with everyone("test"):
        DeliveryRule.objects.create(
            location=market.cast.place,
            weekdays=list(range(1, 8)),
            windows=["08:00-10:00", "13:00-15:00"],
            cutoff="15:00",
            lead_days=1,
        )
    order, buyer = market.draft(("FLOWER", 4)), client_of(market.cast.buyer)
    page = f"{ORDERS}{order.number}/submit/"
    shown = buyer.get(page)
    assert "Above your company's limit of $50.00 we ask once more" in shown.content.decode()
    slot = shown.context["cart"].open_slots[3]
    typed = {"signed_by": "Robin Vale", "slot": f"{slot.date:%Y-%m-%d} {slot.window.starts:%H:%M}"}
    typed |= {"on_short": "CANCEL_LINE", "version": order.version}

    asked = buyer.post(page, typed)
    assert (asked.status_code, market.fresh(order).state) == (302, "DRAFT")
    assert asked.url.startswith(AGAIN)
    door = buyer.get(asked.url).content.decode()
    assert f'<a href="{ORDERS}{order.number}/">Back</a>' in door
    with everyone("test"):
        code = make.authenticator(market.cast.buyer).shows()
    assert buyer.post(asked.url, {"code": code, "next": page}).url == page

    back = buyer.get(page).content.decode()
    for told in [
        "You showed that it is you.",
        'value="Robin Vale"',
        f'<option value="{typed["slot"]}" selected>',
        '<option value="CANCEL_LINE" selected>',
    ]:
        assert told in back, told
    assert "we ask once more" not in back
    assert "You showed that it is you." not in buyer.get(page).content.decode()  # it was kept for once
    assert buyer.post(page, typed).url == f"{ORDERS}{order.number}/"
    order = market.fresh(order)
    assert (order.state, order.deliver_from, order.terms_read_by) == ("PENDING", slot.starts_at, "Robin Vale")


def test_an_approval_in_the_portal_asks_and_comes_back_to_the_order(market, client_of):
    order = market.draft(("FLOWER", 4), by=market.cast.seller)
    order = market.do(order, "propose", by=market.cast.seller)
    buyer, page = client_of(market.cast.buyer), f"{ORDERS}{order.number}/"
    asked = buyer.post(f"{page}answer/approve/", {"version": order.version})
    assert asked.url.startswith(f"{AGAIN}?next=%2Fportal%2Forders%2F{order.number}%2F")
    client = fresh(buyer, market.cast.buyer)
    assert client.post(f"{page}answer/approve/", {"version": order.version}).url == page
    assert market.fresh(order).state == "ACCEPTED"


def test_by_api_it_is_401_and_names_the_limit(market, client_of):
    order, buyer = market.draft(("FLOWER", 4)), Caller(client_of(market.cast.buyer))
    answer = buyer.do(order.number, "submit", key="once")
    told = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert (told["code"], told["limit"], told["detail"]) == (CODE, "50.00", "Confirm it is you to continue.")
    assert 'error="insufficient_user_authentication"' in answer["WWW-Authenticate"]
    fresh(buyer.client, market.cast.buyer)
    assert buyer.do(order.number, "submit", key="once").json()["state"] == "PENDING"


def test_a_programs_session_is_fresh_for_ten_minutes_and_an_api_key_never(market, client):
    buyer, here = market.cast.buyer, RequestFacts("127.0.0.1", "a test")
    made = sessions.open_session(user=buyer, amr=["pwd", "otp"], request_facts=here, now=timezone.now())

    def submit(**headers):
        order = market.draft(("FLOWER", 3))
        path, said = f"{API}{order.number}/transitions/", {"action": "submit"}
        sent = {"If-Match": '"1"', "Idempotency-Key": order.number} | headers
        return client.post(path, said, content_type="application/json", headers=sent)

    bearer = {"Authorization": f"Bearer {made.access}"}
    assert submit(**bearer).json()["state"] == "PENDING"
    with everyone("test"):
        Session.objects.filter(user=buyer).update(created_at=timezone.now() - timedelta(minutes=11))
    assert submit(**bearer).json()["code"] == CODE
    owner = make.user(at=market.cast.retailer, role="owner")
    _row, key = make.api_key(organization=market.cast.retailer, by=owner, scopes=["orders:read", "orders:write"])
    fresh(client, buyer)
    assert submit(Authorization=f"Api-Key {key}").json()["code"] == CODE


def test_an_owner_sets_the_limit_and_nobody_else_does(market, client_of):
    owner = make.user(at=market.cast.retailer, role="owner")
    page, team = reverse("settings:limit"), reverse("settings:team")
    client = fresh(client_of(owner), owner)
    assert "An order of more than <b>$50.00</b>" in client.get(team).content.decode()
    assert client.post(page, {"limit": "1200.50"}).url == team
    assert client.post(page, {"limit": "-1"}).status_code == 200
    with everyone("test"):
        row = Organization.objects.get(pk=market.cast.retailer.pk)
        assert row.limit == Decimal("1200.50")
        assert AuditEntry.objects.filter(action="organization.limit_set", data__now="1200.50").exists()
    client.post(page, {"limit": ""})
    with everyone("test"):
        assert Organization.objects.get(pk=row.pk).limit == Decimal(25_000)
    assert client_of(market.cast.buyer).get(page).status_code == 403
    assert client_of(owner).get(page).url.startswith(AGAIN)


def test_the_platforms_own_limit_is_a_setting(market, settings):
    with everyone("test"):
        Organization.objects.filter(pk=market.cast.retailer.pk).update(confirm_above=None)
    assert market.order(("FLOWER", 4)).state == "PENDING"
    settings.ORDER_CONFIRM_ABOVE = Decimal(10)
    draft: Order = market.draft(("FLOWER", 4))
    assert refused(lambda: market.do(draft, "submit")).code == CODE
