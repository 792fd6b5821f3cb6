"""Counter-offers, deliveries, confirming and waiting prices in a real browser: axe, widths, and by keyboard alone."""

from datetime import time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.accounts.models import License, Organization
from apps.core.scope import everyone
from apps.orders.models import DeliveryRule, Order, TradeTerms
from tests import make
from tests.browser import WIDTHS
from tests.compliance.make import facility
from tests.orders.test_backorders import waiting
from tests.orders.test_orders_browser import SHOTS, enter, looked_at, tab_to
from tests.orders.test_table import WAY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDERS, DESK, DELIVERIES = "/portal/orders/", "/admin/orders/order/", "/portal/deliveries/"


@pytest.fixture
def offer(market) -> Order:
    """Ten gummies at another day for four flowers; rounds every day."""
    with everyone("test"):
        edibles = make.category(organization=market.cast.wholesaler, name="Edibles", form="gummy")
        type(market.gummies).objects.filter(pk=market.gummies.pk).update(category=edibles)
        DeliveryRule.objects.create(
            location=market.cast.place,
            weekdays=[1, 2, 3, 4, 5, 6],
            windows=["08:00-10:00", "13:00-15:00"],
            cutoff=time(15),
            lead_days=1,
        )
    return countered(market)


def countered(market) -> Order:
    order = market.order()
    day = order.deliver_from.astimezone(ZoneInfo(order.site_zone)).date()
    day += timedelta(days=2 if day.isoweekday() == 5 else 3 if day.isoweekday() == 4 else 1)
    day += timedelta(days=day.isoweekday() == 7)
    with everyone("test"):
        part = {"id": order.lines.get().pk, "substitute": "GUMMIES", "quantity": Decimal(10)}
    said = {"text": "The harvest failed, the gummies came.", "lines": [part], "deliver_date": day}
    return market.do(order, "counter", reason="OUT_OF_STOCK", **said)


def filed(market) -> Order:
    """On its way to METRC: thirty bars, a whole package."""
    whole = make.product(organization=market.cast.wholesaler, name="Night bar 100 mg", sku="BAR")
    tag = "1A40503000" + "7" * 14
    make.stock(location=market.cast.place, product=whole, quantity=30, price="4.00", lab_status="Passed", tag=tag)
    with everyone("test"):
        number = License.objects.get(location=market.cast.place).number
    facility(place=market.cast.place, number=number)
    return market.do(market.order(("BAR", 30), state="PREPARING"), "manifest", **WAY)


def sized(page, width: str) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", ["desktop", "phone", "narrow"])
def test_the_retailers_pages_can_be_read_by_everybody(offer, market, page, live_url, sign_in, accessible, width):
    agreed = market.do(countered(market), "approve")
    child = waiting(market, 2, 1)
    sign_in(page, market.cast.buyer)
    sized(page, width)
    pages = {"offer": f"{ORDERS}{offer.number}/", "agreed": f"{ORDERS}{agreed.number}/", "deliveries": DELIVERIES}
    pages |= {"backorder": f"{ORDERS}{child.number}/", "manifest": f"{ORDERS}{filed(market).number}/", "home": "/"}
    for name, path in pages.items():
        looked_at(page, accessible, name, f"{live_url}{path}")
    with everyone("test"):
        Organization.objects.filter(pk=market.cast.retailer.pk).update(confirm_above=Decimal(5))
    draft = market.draft(("GUMMIES", 1))
    looked_at(page, accessible, "submit", f"{live_url}{ORDERS}{draft.number}/submit/")
    page.fill("#id_signed_by", "Robin Alvarez")
    page.get_by_role("button", name="Submit order").click()
    looked_at(page, accessible, "again", page.url)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_desks_pages_can_be_read_by_everybody(offer, market, page, live_url, sign_in, accessible, width):
    asked = market.order(("GUMMIES", 2))
    with everyone("test"):
        TradeTerms.objects.create(seller=market.cast.wholesaler, buyer=market.cast.retailer, payment="NET_30")
    sign_in(page, market.cast.seller)
    sized(page, width)
    looked_at(page, accessible, "desk-offered", f"{live_url}{DESK}{offer.pk}/change/")
    looked_at(page, accessible, "desk-counter", f"{live_url}{DESK}{asked.pk}/change/")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    accessible(page)
    looked_at(page, accessible, "terms", f"{live_url}/admin/orders/tradeterms/")
    if SHOTS:
        page.goto(f"{live_url}{DESK}{asked.pk}/change/")
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        page.screenshot(path=f"{SHOTS}/desk-counter-open-{page.viewport_size['width']}.png", full_page=True)


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_owners_pages_can_be_read_by_everybody(market, page, live_url, sign_in, accessible, width, client_of):
    from tests.accounts.test_team import fresh

    owner = make.user(at=market.cast.retailer, role="owner")
    cookie = fresh(client_of(owner), owner).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])
    sized(page, width)
    looked_at(page, accessible, "team", f"{live_url}/portal/settings/team/")
    looked_at(page, accessible, "limit", f"{live_url}/portal/settings/team/limit/")


def test_a_round_is_ordered_for_by_keyboard_alone(offer, market, page, live_url, sign_in):
    sign_in(page, market.cast.buyer)
    page.goto(f"{live_url}{DELIVERIES}")
    enter(page, "Order for it")
    assert "/portal/catalog/" in page.url
    with everyone("test"):
        assert Order.objects.filter(state="DRAFT").count() == 1
    page.goto(f"{live_url}{ORDERS}{offer.number}/")
    tab_to(page, "Keep the original")
    enter(page, "Approve changes")
    assert market.fresh(offer).state == "ACCEPTED"
