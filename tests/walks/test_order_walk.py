"""Walk: one order from draft to confirmed in two browsers, with a counter-offer and tracking; each side sees the
other's move without reloading."""

from decimal import Decimal

import pytest

from apps.core import invariants
from apps.core.scope import everyone
from apps.orders.models import Order
from tests import make
from tests.browser import WIDTHS, until
from tests.compliance.conftest import LICENCE, drain, facility, metrc, metrc_server, pull  # noqa: F401
from tests.compliance.test_walk import trade  # noqa: F401
from tests.orders.conftest import market  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDERS = "/portal/orders/"


@pytest.fixture
def shop(page, live_url, sign_in, market):  # noqa: F811
    make.run(location=market.cast.place)
    sign_in(page, market.cast.buyer)
    page.goto(f"{live_url}/portal/catalog/")
    return page


@pytest.fixture
def desk(chromium, live_url, client_of, market):  # noqa: F811
    """The wholesaler's browser, in the back office."""
    cookie = client_of(market.cast.seller).cookies["sessionid"].value
    with chromium.new_context(viewport={"width": 1440, "height": 900}) as context:
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])
        yield context.new_page()


class Desk:
    """One order's desk in the back office: a verb's form is opened, filled and sent."""

    def __init__(self, page, live_url, order):
        self.page = page
        page.goto(f"{live_url}/admin/orders/order/{order.pk}/change/")

    def do(self, verb: str, **values) -> None:
        form = self.page.locator(f"form[action$='/{verb}/move/']")
        form.evaluate("form => form.closest('details').open = true")
        for name, value in values.items():
            form.locator(f"[name$='{name}']").first.fill(value)
        with self.page.expect_navigation():
            form.locator("button").first.click()


def press(page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).first.click()


def shows(page, words: str) -> None:
    """Without reloading: the page comes to say so by itself."""
    until(lambda: words in page.inner_text("body"), 15)


def live(page) -> None:
    until(lambda: page.inner_text("[data-live-state]") == "Live", 15)


def test_an_order_is_walked_from_draft_to_confirmed_and_each_side_sees_the_other_without_reloading(
    shop,
    desk,
    live_url,
    market,  # noqa: F811
):
    shop.get_by_label("Quantity of Blue Dream 3.5g").fill("4")
    press(shop, "Add Blue Dream 3.5g")
    with shop.expect_navigation():
        shop.get_by_role("link", name="Review draft").click()
    press(shop, "Review and submit")
    shop.get_by_label("Your name").fill("Robin Alvarez")
    press(shop, "Submit order")
    shows(shop, "Its stock is held until")
    live(shop)
    with everyone("test"):
        order = Order.objects.get()

    act = Desk(desk, live_url, order)
    act.do("counter", quantity="3", text="Three are left.")
    shows(shop, "Northlight Supply Co. proposes changes")
    live(desk)
    press(shop, "Approve changes")
    shows(desk, "Accepted")
    live(shop)

    moves = [("prepare", {}, "Preparing"), ("ship", {"tracking": "Van 2"}, "Shipped")]
    moves += [("track", {"note": "Left Holland"}, "Left Holland"), ("deliver", {"signed_by": "R."}, "Check the lines")]
    for verb, values, words in moves:
        act.do(verb, **values)
        shows(shop, words)
    live(desk)
    with shop.expect_navigation():
        shop.get_by_role("link", name="Check the lines").click()
    press(shop, "Confirm receipt")
    shows(desk, "Confirmed")
    assert market.fresh(order).state == "CONFIRMED"
    with everyone("test"):
        assert not [rule for rule in invariants.check() if rule["violations"]]


def test_part_of_a_package_leaves_in_a_new_one_that_the_desk_names(
    desk,
    live_url,
    trade,  # noqa: F811
    metrc,  # noqa: F811
    pull,  # noqa: F811
    run_jobs,
    accessible,
):
    order = trade.order(("FLOWER", 4), state="ACCEPTED")
    act = Desk(desk, live_url, order)
    accessible(desk)
    assert "40 tags are free" in desk.inner_text("form[action$='/prepare/move/']")
    act.do("prepare")
    shows(desk, "a new package")
    act.do("manifest")
    run_jobs()
    desk.reload()
    shows(desk, "Confirmed")
    accessible(desk)

    [template] = metrc.templates()
    registered = metrc.press(f"templates/{template['Id']}/register")
    pull()
    run_jobs()
    desk.reload()
    shows(desk, registered["ManifestNumber"])
    for verb, values in [("ship", {"tracking": "Van 2"}), ("deliver", {"signed_by": "R."})]:
        act.do(verb, **values)
    assert trade.do(trade.fresh(order), "confirm").state == "CONFIRMED"
    acts = [entry["act"] for entry in metrc.ledger() if entry["licence"] == LICENCE]
    assert (acts.count("package"), acts.count("template")) == (1, 1)
    with everyone("test"):
        assert not [rule for rule in invariants.check() if rule["violations"]]


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
