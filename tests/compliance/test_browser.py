"""The METRC desk in a real browser: readable, reachable by keyboard, and one report resolved on it."""

import os
from pathlib import Path

import pytest

from apps.compliance.rules import State
from apps.core.scope import scope
from tests.browser import WIDTHS
from tests.compliance import make
from tests.compliance.conftest import BUYER, again
from tests.conftest import enter

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in


@pytest.fixture
def waiting(facility, metrc, drain, pull, cast):
    """A desk with something of everything; the last is a plain refusal."""
    labels = metrc.labels()
    common = {"facility": facility, "reason": "Drying", "note": "counted"}
    with scope(cast.wholesaler):
        make.adjustment(**common, label=labels[4])
        make.transfer(facility=facility, order="1040", to=BUYER, lines=[make.line(labels[2])])
    drain()
    pull()
    metrc.world.patch({"states": {"mi": {"noteKept": False}}})
    metrc.fault("/packages/v2/adjust", "500_after_commit", times=1)
    with scope(cast.wholesaler):
        make.adjustment(**common, label=labels[0])
        make.adjustment(**common, label=labels[0], delta="-6")
        refused = make.adjustment(**common, label=labels[3], delta="-99999")
    drain()
    return refused


@pytest.mark.parametrize(("width", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_the_desk_shows_what_waits_and_resolves_it(
    page, live_url, client_of, cast, accessible, waiting, drain, width, theme
):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(color_scheme=theme)
    client = client_of()
    enter(client, cast.seller)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_url}])
    page.goto(f"{live_url}/admin/compliance/report/desk/")
    page.get_by_role("heading", name="METRC desk").wait_for()
    accessible(page)
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"desk-{width}-{theme}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.goto(f"{live_url}/admin/compliance/report/desk/{waiting.pk}/")
    page.get_by_text("Edit and requeue").click()
    page.get_by_label("Change").fill("-1")
    page.get_by_role("button", name="Requeue with these words").click()
    page.get_by_text(": Queued.").first.wait_for(state="attached")
    drain()
    assert again(waiting).state == State.SUPERSEDED
