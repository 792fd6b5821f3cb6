"""The retailer's pages of orders in a real browser: axe on each, and none scrolls sideways."""

from decimal import Decimal

import pytest

from apps.core.scope import everyone
from tests import make
from tests.browser import WIDTHS
from tests.orders.conftest import market  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDERS = "/portal/orders/"


@pytest.fixture
def shop(page, live_url, sign_in, market):  # noqa: F811
    make.run(location=market.cast.place)
    sign_in(page, market.cast.buyer)
    page.goto(f"{live_url}/portal/catalog/")
    return page


def press(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_pages_of_orders_are_accessible_and_fit_their_width(shop, live_url, market, accessible, width):  # noqa: F811
    """The list, a proposal, a draft that is not ready, its checkout, quick order with errors, receiving."""
    make.pack(product=market.gummies, multiple="10")
    order = market.order(("FLOWER", 4), ("GUMMIES", 10))
    with everyone("test"):
        part = {"id": order.lines.get(sku="FLOWER").pk, "quantity": Decimal(3)}
    market.do(order, "counter", reason="OUT_OF_STOCK", text="Three are left.", lines=[part])
    draft = market.draft(("FLOWER", 90), ("GUMMIES", 15))
    arrived = market.order(("GUMMIES", 10), state="DELIVERED")
    pages = ["/", "/portal/catalog/", f"{ORDERS}?state=all", "/portal/quick-order/", f"{ORDERS}{order.number}/"]
    pages += [f"{ORDERS}{draft.number}/", f"{ORDERS}{draft.number}/submit/", f"{ORDERS}{arrived.number}/receive/"]
    shop.emulate_media(reduced_motion="reduce")
    shop.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    for path in pages:
        shop.goto(live_url + path)
        accessible(shop)
        assert shop.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    shop.goto(f"{live_url}/portal/quick-order/?way=paste")
    shop.fill("#paste", "FL0WER, 4\nGUMMIES, 15\nFLOWER, 2")
    press(shop, "Check against the shelf")
    accessible(shop)
    assert shop.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
