"""The organization's settings in a real browser: by keyboard, axe on each page, wide and on a phone."""

import pytest
from django.utils import timezone

from apps.accounts.actions import invitations
from apps.accounts.models import Invitation, Membership
from apps.core.scope import everyone
from tests import make
from tests.browser import WIDTHS

from .test_browser import keep

pytestmark = [pytest.mark.engines, pytest.mark.browser]


@pytest.fixture
def owner(cast):
    return make.user(email="owner@juniper.test", at=cast.retailer, role="owner", name="Robin Vale")


@pytest.fixture
def browser(page, live_url, client_of, owner):
    """Signed in, who they are shown a moment ago. `browser(path)` opens a page."""
    client = client_of(owner)
    session = client.session
    session["shown_at"] = timezone.now().isoformat()
    session.save()
    page.context.add_cookies([{"name": "sessionid", "value": session.session_key, "url": live_url}])
    return lambda path: page.goto(f"{live_url}{path}")


@pytest.fixture
def filled(cast, owner):
    """One of everything the settings show."""
    site = make.location(organization=cast.retailer, name="Juniper & Pine, Eastown", slug="eastown")
    make.license(location=site, number="AU-R-009731", days=300, note="lara.example/AU-R-009731")
    make.license(location=site, number="AU-R-009732", days=9)
    make.license(location=site, number="AU-R-009700", days=-40)
    make.license(location=site, number="AU-R-009733", days=200, status="suspended")
    make.api_key(organization=cast.retailer, by=owner, scopes=["products:read", "orders:write"])
    make.invitation(organization=cast.retailer, by=owner, email="kit.marlow@juniper.test", roles=["buyer", "receiver"])
    return site


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_each_page_of_the_settings_is_accessible_and_fits(page, browser, filled, accessible, owner, width, theme):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    page.emulate_media(color_scheme=theme)
    for name in ("licences", "licences/new", "team", "team/invite", "api-keys", "api-keys/new"):
        browser(f"/portal/settings/{name}/")
        accessible(page)
        keep(page, f"settings-{name.replace('/', '-')}-{width}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def test_a_key_is_made_by_keyboard_shown_once_and_revoked(page, browser, filled, accessible):
    browser("/portal/settings/api-keys/new/")
    page.get_by_label("Name").focus()
    page.keyboard.type("Till in the back room")
    page.get_by_label("Read products").press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Keep this key").wait_for()
    accessible(page)
    keep(page, "settings-key-made")
    key = page.locator("[data-copy-text]").inner_text()
    page.get_by_text("I have kept it").click()

    assert key not in page.content()
    page.get_by_role("button", name="Revoke Till in the back room").click()
    page.get_by_text("its next request is refused").wait_for()
    keep(page, "settings-keys-revoked")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_changing_and_removing_a_member_and_joining_read_well(page, browser, filled, accessible, cast, owner, width):
    with everyone("test"):
        row = Membership.objects.get(user=cast.buyer)
        asked = Invitation.objects.select_related("organization").get()
        invitations.resend(invitation=asked, by=owner, now=timezone.now())
        asked.refresh_from_db()
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    browser(f"/portal/settings/team/{row.pk}/")
    accessible(page)
    keep(page, f"settings-member-{width}")
    browser(f"/portal/settings/team/{row.pk}/remove/")
    accessible(page)
    keep(page, f"settings-remove-{width}")
    page.context.clear_cookies()
    browser(f"/accounts/invitation/{asked.pk}/{invitations.token_of(asked)}/")
    accessible(page)
    keep(page, f"invitation-{width}")
    page.get_by_label("Your name").fill("Kit Marlow")
    page.get_by_label("A password").fill(make.PASSWORD)
    page.get_by_label("The password, again").fill(make.PASSWORD)
    page.get_by_role("button", name="Join Juniper & Pine").click()
    page.get_by_text("KM", exact=True).wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
