"""Walk 1: a package sells in the store, and the open catalog page shows it without a reload."""

import pytest

from apps.catalog import actions
from apps.catalog.models import ShelfLine
from apps.core.scope import everyone
from tests.browser import WIDTHS, until
from tests.catalog.test_sync import package

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sync(cast, run_jobs):
    """`sync()` reads the wholesaler's site as a worker would."""

    def once():
        with everyone("test"):
            actions.enqueue_sync(location=cast.place, trigger="test")
        run_jobs()

    return once


@pytest.fixture
def catalog(page, live_url, sign_in, cast, world, sync):
    """The retailer's catalog page, open in a browser and connected."""
    sync()
    sign_in(page, cast.buyer)
    page.goto(f"{live_url}/portal/catalog/")
    return page


def line_of(row: dict) -> ShelfLine:
    with everyone("test"):
        return ShelfLine.objects.select_related("product").get(product__stock__inventory_id=row["id"])


def connected(page) -> bool:
    return page.locator("[data-live-state]").first.inner_text().strip() == "Live"


def test_a_sale_in_the_store_shows_on_the_open_page_and_says_what_it_was(catalog, world, sync):
    row = package(world)
    line = line_of(row)
    catalog.goto(f"{catalog.url}?q={line.product.sku}")
    shown = catalog.locator(f'[data-key="{line.pk}"]')
    assert shown.count() == 1
    until(lambda: connected(catalog))
    catalog.evaluate("window.stillThisPage = true")

    world.world.change("inventory", row["id"], quantityAvailable=row["quantityAvailable"] - 2)
    sync()

    until(lambda: "was" in shown.inner_text())
    assert "changed" in (shown.get_attribute("class") or "")
    left = line.quantity - 2
    assert f"{left.normalize():f}" in shown.inner_text()
    assert catalog.evaluate("window.stillThisPage") is True


def test_a_stranger_sees_nothing_of_it(page, live_url, sign_in, cast, world, sync):
    sync()
    sign_in(page, cast.outsider)
    with everyone("test"):
        product = ShelfLine.objects.first().product

    page.goto(f"{live_url}/portal/catalog/")
    assert product.name not in page.content()
    answer = page.goto(f"{live_url}/portal/catalog/{product.pk}/")
    assert answer.status == 404


def test_the_page_works_without_a_script(chromium, live_url, cast, world, sync, client_of):
    sync()
    cookie = client_of(cast.buyer).cookies["sessionid"].value
    with chromium.new_context(java_script_enabled=False) as context:
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])
        page = context.new_page()
        page.goto(f"{live_url}/portal/catalog/")
        page.get_by_role("searchbox").or_(page.locator('input[name="q"]')).first.fill("slate")
        with page.expect_navigation():
            page.keyboard.press("Enter")

        assert "Blue Slate" in page.locator("main").inner_text()
        assert "Night Bus" not in page.locator("main").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_catalog_is_accessible(catalog, accessible, width, theme):
    catalog.emulate_media(color_scheme=theme, reduced_motion="reduce")
    catalog.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))

    accessible(catalog)
    assert catalog.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
