"""The list with saved views, orders per week, and orders with taxes in a real browser: axe on each, and nothing scrolls
sideways."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from apps.core.scope import everyone
from apps.orders.models import Invoice, SavedView
from tests import make
from tests.browser import WIDTHS

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in
# What makes the page scroll sideways: elements that end beyond its right edge, where it does.
BESIDE = """document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture
def places(market) -> dict[str, str]:
    """Pages by name, of orders with a tax that is charged and one that is stated."""
    make.tax_rule(organization=market.cast.wholesaler, name="Wholesale excise", percent="24", state="MI")
    make.tax_rule(organization=market.cast.wholesaler, name="Retail excise", percent="10", remits="BUYER")
    asked = market.order(("FLOWER", 4), ("GUMMIES", 10), state="REVIEW")
    with everyone("test"):
        line = asked.lines.get(sku="FLOWER")
    market.do(asked, "counter", reason="OTHER", text="Three left.", lines=[{"id": line.pk, "quantity": Decimal(3)}])
    shipped = market.order(("GUMMIES", 10), state="SHIPPED")
    draft = market.draft(("FLOWER", 2), ("GUMMIES", 10), title="Weekend")
    with everyone("test"):
        told = {"organization": market.cast.retailer, "user": market.cast.buyer}
        SavedView.objects.create(name="Gummies on the way", tab="on-the-way", words="GUMMIES", **told)
        SavedView.objects.create(name="Everything there is since the very first", tab="all", **told)
        bill = Invoice.objects.get()
    orders = "/portal/orders/"
    return {
        "list": f"{orders}?state=all",
        "weekly": f"{orders}per-week/",
        "proposal": f"{orders}{asked.number}/",
        "shipped": f"{orders}{shipped.number}/",
        "draft": f"{orders}{draft.number}/",
        "submit": f"{orders}{draft.number}/submit/",
        "invoice": f"/portal/invoices/{bill.pk}/",
    }


@pytest.mark.parametrize("width", WIDTHS)
def test_lists_and_orders_with_taxes_can_be_read_by_everybody(
    places, market, page, live_url, sign_in, accessible, width
):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    sign_in(page, market.cast.buyer)
    for name, path in places.items():
        page.goto(live_url + path)
        accessible(page)
        assert page.evaluate(BESIDE) == [], name
        _keep(page, f"{name}-{width}")
    page.goto(live_url + places["list"])
    page.get_by_text("Save this view").click()
    accessible(page)
    assert page.evaluate(BESIDE) == []
    assert page.get_by_label("Name", exact=True).is_visible()
    _keep(page, f"list-saving-{width}")
    page.get_by_label("Name", exact=True).fill("All of them")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.get_by_role("link", name="All of them").get_attribute("aria-current") == "true"
    page.get_by_role("button", name="Forget the view All of them").click()
    assert page.get_by_role("link", name="All of them").count() == 0


def test_orders_are_walked_ticked_and_opened_by_keys(market, page, live_url, sign_in):
    first, second = market.order(("FLOWER", 1)), market.order(("FLOWER", 2))
    sign_in(page, market.cast.seller)
    page.goto(f"{live_url}/admin/orders/order/board/")
    for key in ("j", "j", "x", "k"):
        page.keyboard.press(key)
    ticked = page.get_by_label(f"Tick order {second.number}")
    assert (ticked.is_checked(), page.get_by_label(f"Tick order {first.number}").is_checked()) == (True, False)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/order/{first.pk}/change/")
    page.keyboard.press("r")
    reject = page.locator("details[data-open-by=r]")
    assert reject.evaluate("one => one.open")
    assert reject.get_by_label("Reason").evaluate("one => one === document.activeElement")
    page.goto(f"{live_url}/portal/orders/")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == second.number
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/portal/invoices/")


def test_the_desk_of_taxes_can_be_read_by_everybody(market, page, live_url, sign_in, accessible):
    rule = make.tax_rule(organization=market.cast.wholesaler, name="Wholesale excise", percent="24", state="MI")
    sign_in(page, market.cast.seller)
    for name, path in {"taxes": "", "tax": f"{rule.pk}/change/"}.items():
        page.goto(f"{live_url}/admin/orders/taxrule/{path}")
        accessible(page)
        _keep(page, name)


def _keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
