"""The look in a real browser: axe on every component, widths, and the keyboard."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def guide(page, live_url):
    """The page of all components, still: what moves has no fixed colour to measure."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{live_url}/styleguide/")
    return page


@pytest.mark.parametrize("width", [320, 390, 1440])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_any_component(guide, accessible, width, scheme):
    guide.set_viewport_size({"width": width, "height": 900})
    guide.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    accessible(guide)


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_no_page_scrolls_sideways(guide, width):
    guide.set_viewport_size({"width": width, "height": 900})

    assert guide.evaluate("document.documentElement.scrollWidth") <= width


def test_the_first_tab_offers_to_skip_to_the_page(guide):
    guide.keyboard.press("Tab")
    guide.keyboard.press("Enter")

    assert guide.evaluate("document.activeElement.id") == "main"


def test_a_why_opens_by_key_and_esc_closes_it_and_keeps_the_place(guide):
    why = guide.locator("details.why").first
    why.locator("summary").focus()
    guide.keyboard.press("Enter")
    assert why.evaluate("one => one.open")

    guide.keyboard.press("Escape")

    assert not why.evaluate("one => one.open")
    assert guide.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_only_one_why_is_open_at_a_time(guide):
    first, second = (guide.locator("details.why").nth(n) for n in (0, 1))
    first.locator("summary").click()
    second.locator("summary").click()

    assert [first.evaluate("one => one.open"), second.evaluate("one => one.open")] == [False, True]


def test_a_why_is_a_sheet_at_the_bottom_of_a_phone_and_its_close_button_closes_it(guide):
    guide.set_viewport_size({"width": 390, "height": 844})
    why = guide.locator("details.why").first
    why.locator("summary").click()
    sheet = why.locator(".why-pop").bounding_box()
    assert (sheet["x"], sheet["width"], round(sheet["y"] + sheet["height"])) == (0, 390, 844)

    guide.mouse.click(195, 844 - 38)

    assert not why.evaluate("one => one.open")


def test_a_list_becomes_cards_on_a_phone(guide):
    row = guide.locator("table.cards tbody tr").first
    assert row.evaluate("one => getComputedStyle(one).display") == "table-row"

    guide.set_viewport_size({"width": 390, "height": 844})

    assert row.evaluate("one => getComputedStyle(one).display") == "grid"


def test_the_list_of_keys_opens_with_a_question_mark_unless_single_keys_are_off(guide):
    dialog = guide.locator("dialog[data-keys]")
    guide.keyboard.press("?")
    assert dialog.evaluate("one => one.open")

    dialog.locator("[data-keys-on]").uncheck()
    guide.keyboard.press("Escape")
    guide.evaluate("document.activeElement.blur()")
    guide.keyboard.press("?")

    assert not dialog.evaluate("one => one.open")


def test_a_chip_turns_stale_by_itself_when_its_time_comes(page, live_url):
    page.clock.install()
    page.goto(f"{live_url}/styleguide/")
    chip = page.locator(".fresh").first
    assert "Stale" not in chip.inner_text()

    page.clock.run_for(18 * 60_000)

    assert chip.inner_text().startswith("Stale")
    assert "21 min ago" in chip.inner_text()
