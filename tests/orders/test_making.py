"""An order made for a retailer in the back office: checked line by line, changed, sent for approval, deleted."""

import pytest
from django.urls import reverse

from apps.accounts.models import License, Membership
from apps.core.scope import everyone
from apps.orders.models import Order
from tests import make

pytestmark = pytest.mark.django_db
MAKE = "/admin/orders/order/make/"


@pytest.fixture
def desk(market, client_of):
    return client_of(market.cast.seller)


def form(market, lines="FLOWER, 4\ngummies 10", **more) -> dict:
    with everyone("test"):
        licence = License.objects.get(location=market.shop).number
    return {"licence": licence, "ships_from": str(market.cast.place.pk), "lines": lines} | more


def only() -> Order:
    with everyone("test"):
        return Order.objects.get()


def test_it_is_made_at_the_retailers_prices_sent_and_approved(market, desk, client_of):
    make.price_list(seller=market.cast.wholesaler, buyers=[market.cast.retailer], rows=[(market.flower, 1, "18.00")])
    answer = desk.post(MAKE, form(market, po_number="PO 7"))
    order = only()
    assert answer.url == reverse("admin:orders_order_change", args=[order.pk])
    assert (order.state, order.drafted_by, str(order.total), order.po_number) == (
        "DRAFT",
        "wholesaler",
        "167.00",
        "PO 7",
    )
    buyer = client_of(market.cast.buyer)
    assert buyer.get(f"/portal/orders/{order.number}/").status_code == 404

    answer = desk.post(
        reverse("admin:orders_order_move", args=[order.pk, "propose"]),
        {"version": order.version, "text": "As we spoke."},
    )
    assert answer.status_code == 302
    assert "As we spoke." in buyer.get(f"/portal/orders/{order.number}/").content.decode()
    assert market.do(order, "approve").state == "ACCEPTED"


def test_each_line_that_is_wrong_is_named_and_nothing_is_kept(market, desk):
    page = desk.post(MAKE, form(market, "FL0WER, 4\nGUMMIES, 99\nFLOWER, much"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "Line 1, FL0WER: No product has this SKU. Did you mean FLOWER" in text
    assert "Line 2, GUMMIES: Only 50 left; you asked for 99." in text
    assert "Line 3, FLOWER: “much” is not a quantity." in text
    assert "FL0WER, 4" in text
    with everyone("test"):
        assert not Order.objects.exists()


def test_a_draft_is_changed_by_who_saw_it_and_deleted(market, desk):
    desk.post(MAKE, form(market))
    order = only()
    lines = reverse("admin:orders_order_lines", args=[order.pk])
    assert "FLOWER, 4\nGUMMIES, 10" in desk.get(lines).content.decode().replace("\r", "")
    assert desk.post(lines, {"version": order.version, "lines": "FLOWER 6"}).status_code == 302
    assert [str(line.ordered.normalize()) for line in _lines(order)] == ["6"]
    stale = desk.post(lines, {"version": order.version, "lines": "FLOWER 1"})
    assert (stale.status_code, "changed while you were looking" in stale.content.decode()) == (422, True)

    gone = desk.post(reverse("admin:orders_order_move", args=[order.pk, "delete"]), {"version": only().version})
    assert gone.url == reverse("admin:orders_order_board")
    assert only().deleted_at


def _lines(order):
    with everyone("test"):
        return list(order.lines.all())


def test_places_that_orders_went_to_are_offered_and_only_connected_retailers_are_named(market, desk):
    far = make.location(organization=make.organization(side="retailer", name="Far away"), name="Far shop")
    number = make.license(location=far).number
    assert "Ferndale" not in desk.get(MAKE).content.decode()  # no order went there yet
    for named in ({"licence": number}, {"licence": "", "location": str(far.pk)}, {"licence": ""}):
        assert desk.post(MAKE, form(market) | named).status_code == 422
    with everyone("test"):
        assert not Order.objects.exists()
    market.order()
    assert "Juniper &amp; Pine, Ferndale" in desk.get(MAKE).content.decode()
    assert desk.post(MAKE, form(market) | {"licence": "", "location": str(market.shop.pk)}).status_code == 302


def test_it_takes_the_right_to_make_orders_for_others(market, client_of):
    with everyone("test"):
        picker = make.user(at=market.cast.wholesaler, role="staff", staff=True)
        Membership.objects.filter(user=picker).update(roles=["warehouse"])
    assert client_of(picker).get(MAKE).status_code == 403
    retailer = make.user(at=market.cast.retailer, role="owner", staff=True)
    assert client_of(retailer).get(MAKE).status_code == 302
    ordered = market.order()
    desk = client_of(market.cast.seller)
    assert desk.get(reverse("admin:orders_order_lines", args=[ordered.pk])).status_code == 302
