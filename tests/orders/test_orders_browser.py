"""Orders in a real browser: axe on each of their pages, wide and on a phone, and the way through them by keyboard."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from apps.core.scope import everyone
from apps.orders.actions import shortfalls
from apps.orders.models import Order
from tests import make
from tests.browser import WIDTHS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ORDERS, DESK = "/portal/orders/", "/admin/orders/order/"
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in
NAME = """() => { const el = document.activeElement, label = el.labels && el.labels[0];
    return (el.getAttribute("aria-label") || (label && label.innerText) || el.innerText || el.value || "").trim() }"""
SHOWN = """() => { const style = getComputedStyle(document.activeElement);
    return style.outlineStyle != "none" || style.boxShadow != "none" }"""


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """As somebody without a mouse; wherever the focus comes by, it is seen."""
    for _ in range(150):
        page.keyboard.press(key)
        assert page.evaluate(SHOWN), page.evaluate("document.activeElement.outerHTML")[:200]
        if page.evaluate(NAME).startswith(name):
            return
    raise AssertionError(f"{name} is not reached by Tab.")


def enter(page: Page, name: str, key: str = "Tab") -> None:
    tab_to(page, name, key)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def looked_at(page: Page, accessible, name: str, path: str) -> None:
    page.goto(path)
    accessible(page)
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{page.viewport_size['width']}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.fixture
def busy(market) -> dict[str, Order]:
    """An order at each stage, one of them countered, one short, one disputed, one with an open request."""
    with everyone("test"):
        market.gummies.stock.update(quantity=500)
        make._shelve(market.cast.place, market.gummies, market.now)
    states = ["PENDING", "REVIEW", "ACCEPTED", "PREPARING", "SHIPPED", "DELIVERED", "CONFIRMED"]
    found = {state: market.order(("GUMMIES", 10), state=state) for state in states}
    found["COUNTERED"] = market.order(("GUMMIES", 10))
    with everyone("test"):
        part = {"id": found["COUNTERED"].lines.get().pk, "quantity": Decimal(8)}
    market.do(found["COUNTERED"], "counter", reason="OUT_OF_STOCK", text="Eight are left.", lines=[part])
    market.do(found["PREPARING"], "request_cancel", text="We closed.")
    found["disputed"] = market.order(("GUMMIES", 5), state="DELIVERED")
    market.do(found["disputed"], "dispute", text="Two are stale.")
    found["short"] = market.order(("FLOWER", 6))
    with everyone("test"):
        market.flower.stock.update(quantity=2)
        make._shelve(market.cast.place, market.flower, market.now)
        Order.objects.filter(pk=found["PENDING"].pk).update(moved_at=timezone.now() - timedelta(hours=3))
    shortfalls.note_stock(seller=market.cast.wholesaler.pk, shelf_lines=[market.shelf().pk], now=market.now)
    return found


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_desks_pages_can_be_read_by_everybody(busy, market, page, live_url, sign_in, accessible, width):
    sign_in(page, market.cast.seller)
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(reduced_motion="reduce")
    places = {"list": "", "board": "board/", "shortfalls": "shortfalls/", "reconcile": "reconcile/"}
    desks = {f"desk-{name}": f"{order.pk}/change/" for name, order in busy.items()}
    for name, path in (places | desks).items():
        looked_at(page, accessible, name, f"{live_url}{DESK}{path}")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    accessible(page)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("width", ["desktop", "phone", "narrow"])
def test_the_retailers_other_pages_can_be_read_by_everybody(busy, market, page, live_url, sign_in, accessible, width):
    """Those that the walk of an order does not come by: each state, and what is asked on a page of its own."""
    sign_in(page, market.cast.buyer)
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(reduced_motion="reduce")
    own = {"cancel": "PENDING", "ask-to-cancel": "ACCEPTED", "track": "SHIPPED", "receive": "DELIVERED"}
    own |= {"dispute": "DELIVERED", "return": "CONFIRMED", "reorder": "CONFIRMED"}
    pages = {name: f"{busy[state].number}/{name}/" for name, state in own.items()}
    pages |= {f"order-{name}": f"{order.number}/" for name, order in busy.items()}
    ready = market.draft(("GUMMIES", 4), title="Weekend")
    pages |= {"draft": f"{ready.number}/", "submit": f"{ready.number}/submit/", "delete": f"{ready.number}/delete/"}
    pages |= {"new": "new/", "drafts": "?state=draft"}
    for name, path in pages.items():
        looked_at(page, accessible, name, f"{live_url}{ORDERS}{path}")


def test_a_retailer_orders_and_answers_by_keyboard_alone(market, page, live_url, sign_in):
    sign_in(page, market.cast.buyer)
    draft = market.draft(("FLOWER", 4))
    page.goto(f"{live_url}{ORDERS}{draft.number}/")
    enter(page, "Review and submit")
    tab_to(page, "Your name")
    page.keyboard.type("Robin Alvarez")
    enter(page, "Submit order")
    order = market.fresh(draft)
    assert (order.state, order.terms_read_by) == ("PENDING", "Robin Alvarez")

    with everyone("test"):
        part = {"id": order.lines.get().pk, "quantity": Decimal(3)}
    market.do(order, "counter", reason="OUT_OF_STOCK", text="Three are left.", lines=[part])
    page.goto(f"{live_url}{ORDERS}{order.number}/")
    enter(page, "Approve changes")
    assert market.fresh(order).state == "ACCEPTED"

    for verb in ("prepare", "ship", "deliver"):
        market.do(order, verb)
    page.goto(f"{live_url}{ORDERS}{order.number}/receive/")
    enter(page, "Confirm receipt")
    assert market.fresh(order).state == "CONFIRMED"


def test_the_desk_accepts_many_and_moves_one_by_keyboard_alone(market, page, live_url, sign_in):
    first, second = market.order(("GUMMIES", 2)), market.order(("FLOWER", 4))
    sign_in(page, market.cast.seller)
    page.goto(f"{live_url}{DESK}board/")
    tab_to(page, f"Tick order {first.number}")
    page.keyboard.press("Space")
    enter(page, "Accept ticked", "Shift+Tab")
    enter(page, "Accept those that can be")
    assert [market.fresh(one).state for one in (first, second)] == ["ACCEPTED", "PENDING"]

    page.goto(f"{live_url}{DESK}{second.pk}/change/")
    tab_to(page, "Reject")
    page.keyboard.press("Enter")  # a verb's summary opens its form
    tab_to(page, "Reason")
    page.keyboard.type("Out of stock")
    tab_to(page, "In words")
    page.keyboard.type("A recall.")
    enter(page, "Reject")
    order = market.fresh(second)
    assert (order.state, order.reason_code, order.reason) == ("REJECTED", "OUT_OF_STOCK", "A recall.")
