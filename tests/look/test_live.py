"""live.js on the catalog page, over the real socket: changes are marked, nobody is overwritten, nothing is lost."""

import pytest
from django.contrib.sessions.models import Session

from apps.catalog.models import ShelfLine
from apps.core.push import push
from apps.core.scope import everyone
from tests import make
from tests.browser import until

pytestmark = pytest.mark.browser


@pytest.fixture
def shelf(cast):
    """Two products on the wholesaler's shelf."""
    make.run(location=cast.place)
    products = [make.product(organization=cast.wholesaler, name=name) for name in ("Blue Slate", "Polar Peach")]
    return {one.name: make.shelf_line(location=cast.place, product=one, quantity="14") for one in products}


@pytest.fixture
def open_page(page, live_url, sign_in, cast, shelf):
    """`open_page("?stock=in")` is the buyer's catalog, connected."""
    sign_in(page, cast.buyer)

    def opened(query=""):
        page.goto(f"{live_url}/portal/catalog/{query}")
        until(lambda: state(page) == "live")
        return page

    return opened


def state(page) -> str:
    return page.locator("[data-live-state]").get_attribute("data-live-state")


def row(page, line):
    return page.locator(f"[data-key='{line.pk}']")


def change(line, quantity):
    """What a sync does to a shelf line, as far as a page can tell."""
    with everyone("test"):
        ShelfLine.objects.filter(pk=line.pk).update(quantity=quantity)
        push(f"inventory.{line.location_id}", "stock.changed", location=str(line.location_id))


def test_a_changed_value_is_marked_told_and_said_once(open_page, shelf):
    page, line = open_page(), shelf["Polar Peach"]

    change(line, 12)

    note = until(lambda: row(page, line).locator(".chg").all_inner_texts())
    assert note == ["changed just now, was 14"]
    assert "changed" in row(page, line).get_attribute("class")
    assert until(lambda: page.locator("[data-polite]").inner_text()) == "Polar Peach: 12 units, was 14"
    assert row(page, shelf["Blue Slate"]).locator(".chg").count() == 0


def test_a_row_someone_is_in_is_left_alone_until_they_leave_it(open_page, shelf):
    page, line = open_page(), shelf["Polar Peach"]
    row(page, line).locator("a").first.focus()

    change(line, 12)

    assert until(lambda: row(page, line).locator(".chg").all_inner_texts()) == ["changed just now, is 12 units"]
    assert row(page, line).locator("[data-v=quantity]").inner_text() == "14"
    assert page.evaluate("document.activeElement.closest('tr') !== null")
    page.evaluate("document.activeElement.blur()")
    assert until(lambda: row(page, line).locator("[data-v=quantity]").inner_text() == "12")


def test_an_open_why_stays_open_when_its_row_changes(open_page, shelf):
    page, line = open_page(), shelf["Polar Peach"]
    row(page, line).locator(".why summary").click()
    page.evaluate("document.activeElement.blur()")

    change(line, 12)

    until(lambda: row(page, line).locator(".chg").count())
    assert row(page, line).locator(".why").evaluate("one => one.open")


def test_a_new_product_is_told_and_waits_to_be_shown(open_page, shelf, cast):
    page = open_page()
    product = make.product(organization=cast.wholesaler, name="Amber Fig")

    change(make.shelf_line(location=cast.place, product=product), 10)

    assert "1 new product" in until(lambda: page.locator(".news").all_inner_texts())[0]
    assert page.locator("tbody tr").count() == 2
    page.locator(".news a").click()
    assert until(lambda: page.locator("tbody tr").count() == 3)


def test_a_row_that_leaves_the_list_stays_in_its_place_and_says_so(open_page, shelf):
    page, line = open_page("?stock=in"), shelf["Blue Slate"]

    change(line, 0)

    assert until(lambda: row(page, line).locator(".chg").all_inner_texts()) == ["no longer in this list"]
    assert page.locator("tbody tr").count() == 2


def test_what_happened_while_the_socket_was_down_is_caught_up(page, open_page, shelf):
    sockets = []
    page.route_web_socket("**/ws/v1/stream", lambda socket: sockets.append((socket, socket.connect_to_server())))
    page, line = open_page(), shelf["Polar Peach"]

    for side in sockets[0]:
        side.close()
    change(line, 3)

    assert until(lambda: row(page, line).locator("[data-v=quantity]").inner_text() == "3")
    assert until(lambda: state(page) == "live")
    assert len(sockets) == 2


def test_a_page_whose_session_ended_says_so_and_keeps_what_it_shows(open_page, shelf):
    page, line = open_page(), shelf["Polar Peach"]
    Session.objects.all().delete()

    change(line, 12)

    assert until(lambda: state(page) == "out")
    assert row(page, line).locator("[data-v=quantity]").inner_text() == "14"
