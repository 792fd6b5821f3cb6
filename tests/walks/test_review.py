"""Walk: a member of staff clears the review queue by keyboard alone, and the next sync links by what was learned."""

import pytest

from apps.catalog import actions
from apps.catalog.models import Alias, MatchDecision, Product, ProductLink, ShelfLine
from apps.core import invariants
from apps.core.scope import everyone
from tests import make
from tests.browser import WIDTHS, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REVIEW = "/admin/catalog/productlink/review/"


@pytest.fixture
def sync(cast, run_jobs):
    def once():
        with everyone("test"):
            actions.enqueue_sync(location=cast.place, trigger="test")
        run_jobs()

    return once


@pytest.fixture
def queue(cast, world, sync):
    """Three matches that wait because a brand differs, with the product of ours each key names."""
    found = {}
    for row in world.world.dump()["products"].values():
        if row["_lspId"] == 822 and row["sku"] and len(found) < 3 and stocked(world, row["productId"]):
            name = f"Ours of {row['sku']}"
            found[row["productId"]] = make.product(
                organization=cast.wholesaler, sku=row["sku"], name=name, brand=f"A brand of ours {row['sku']}"
            )
    sync()
    with everyone("test"):
        waiting = list(ProductLink.objects.queued())
    assert {link.dutchie_product for link in waiting} == set(found)
    return [(link, found[link.dutchie_product]) for link in waiting]


def stocked(world, product: int) -> bool:
    return any(
        row["productId"] == product and row["_locationId"] == 4101 and row["quantityAvailable"] > 0
        for row in world.world.dump()["inventory"].values()
    )


@pytest.fixture
def review(page, live_url, sign_in, cast, queue):
    sign_in(page, cast.seller)
    page.goto(live_url + REVIEW)
    return page


def press(page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def click(page, name: str) -> None:
    """A button that leads to another page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def source(page) -> str:
    return page.locator("section:has(#source)").inner_text()


def test_the_queue_is_cleared_by_keyboard_and_the_next_sync_links_by_the_learned_name(review, world, sync, queue, cast):
    (first, ours), (second, other), (third, _third) = queue
    assert first.source_name in source(review)
    press(review, "1")
    press(review, "Enter")
    assert second.source_name in source(review)
    press(review, "x")
    press(review, "s")
    assert third.source_name in source(review)
    press(review, "n")
    assert second.source_name in source(review)
    press(review, "u")
    assert third.source_name in source(review)
    press(review, "n")
    press(review, "n")
    assert "No match waits" in review.inner_text("#content")

    with everyone("test"):
        made = MatchDecision.objects.filter(undone_at=None).order_by("pk")
        assert [one.verb for one in made] == ["link", "reject", "skip", "new", "new"]
        assert not ProductLink.objects.waiting().exists()
        assert ProductLink.objects.get(pk=first.pk).product == ours
        assert ShelfLine.objects.get(product=ours).quantity > 0
        assert Alias.objects.filter(product=ours).exists()
        products = Product.objects.count()

    listed = world.world.get("products", first.dutchie_product)
    row = next(one for one in world.world.dump()["inventory"].values() if one["productId"] == first.dutchie_product)
    renamed = {"productName": row["productName"], "brandName": row.get("brandName"), "sku": "", "price": 5}
    world.load_products([listed | renamed | {"productId": 77001}])
    sync()

    with everyone("test"):
        again = ProductLink.objects.get(dutchie_product=77001)
        assert (again.method, again.product) == ("alias", ours)
        assert Product.objects.count() == products
        assert not [rule for rule in invariants.check() if rule["violations"]]


def test_keys_are_dead_inside_inputs_and_when_turned_off(review, queue):
    review.keyboard.press("/")
    until(lambda: review.evaluate("document.activeElement.id") == "another-q")
    review.keyboard.type("snx1")
    assert review.input_value("#another-q") == "snx1"
    review.keyboard.press("Escape")
    review.evaluate("document.activeElement.blur(); localStorage.setItem('keys', 'off')")
    review.keyboard.press("s")
    review.keyboard.press("n")
    review.wait_for_timeout(300)
    with everyone("test"):
        assert not MatchDecision.objects.exists()

    review.evaluate("localStorage.setItem('keys', 'on')")
    review.keyboard.press("?")
    until(lambda: review.locator("dialog[open]").count() == 1)
    review.keyboard.press("s")
    review.wait_for_timeout(200)
    with everyone("test"):
        assert not MatchDecision.objects.exists()


def test_the_queue_is_cleared_without_a_script(chromium, live_url, cast, client_of, queue):
    cookie = client_of(cast.seller).cookies["sessionid"].value
    with chromium.new_context(java_script_enabled=False) as context:
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_url}])
        page = context.new_page()
        page.goto(live_url + REVIEW)
        for _ in queue:
            click(page, "New product")
        assert "No match waits" in page.inner_text("#content")
        click(page, "Undo")
        assert "is as it was before" in page.inner_text("#container")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_review_page_is_accessible(review, accessible, width, theme):
    review.emulate_media(color_scheme=theme, reduced_motion="reduce")
    review.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))

    accessible(review)
    assert review.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
