"""The way in in a real browser, by keyboard, and axe on each of its pages, light and dark, wide and narrow."""

import os
from pathlib import Path

import pytest

from apps.core.scope import everyone
from tests import make
from tests.browser import WIDTHS

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in


def keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def first_factor(page, live_url, user) -> None:
    page.goto(f"{live_url}/accounts/login/")
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(make.PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_code_wrong_then_right_and_ones_own_security(page, live_url, cast, accessible, width, theme):
    device = make.authenticator(cast.seller)
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(color_scheme=theme)
    first_factor(page, live_url, cast.seller)
    page.wait_for_url("**/accounts/mfa/")
    page.keyboard.type("000000" if make.code(device) != "000000" else "111111")
    page.keyboard.press("Enter")
    page.get_by_text("4 tries left.").wait_for()
    accessible(page)
    keep(page, f"mfa-{width}-{theme}")
    page.get_by_label("Code").fill(make.code(device))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/accounts/security/")
    accessible(page)
    keep(page, f"security-{width}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_taking_an_authenticator_into_use_on_the_way_in(page, live_url, cast, accessible, width):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    first_factor(page, live_url, cast.seller)
    page.wait_for_url("**/accounts/mfa/enrol/")
    accessible(page)
    keep(page, f"enrol-{width}")
    with everyone("test"):
        device = cast.seller.authenticator_set.get()
    page.keyboard.type(device.shows())
    page.keyboard.press("Enter")
    page.get_by_text("Keep these recovery codes").wait_for()
    accessible(page)
    keep(page, f"codes-{width}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_text("I have kept them").click()
    page.wait_for_url(f"{live_url}/")
