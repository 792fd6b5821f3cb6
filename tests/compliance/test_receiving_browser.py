"""The loop closed in a browser: counted by the receiver, pressed at METRC's web site, shown live on the open page; and
the desk resolving a refused report. By keyboard, without a script and on a narrow phone it works as well."""

from datetime import timedelta

import pytest
from PIL import Image

from apps.accounts.models import Membership
from apps.compliance import actions
from apps.compliance.models import ReceiptLine, Report, Transfer
from apps.compliance.rules import State
from apps.compliance.sync import forward
from apps.core.scope import everyone, scope
from tests import make as others
from tests.browser import WIDTHS, until
from tests.compliance import make
from tests.compliance.conftest import BUYER, again

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def short_first_reading(monkeypatch):
    monkeypatch.setattr(forward, "FIRST", timedelta(days=2))


@pytest.fixture
def store(cast, metrc, pull):
    place = others.location(organization=cast.retailer, name="Eastown")
    made = make.facility(place=place, number=BUYER, key="sbx-user-juniper")
    pull(made)
    return made


@pytest.fixture
def receiver(cast):
    user = others.user(at=cast.retailer, role="buyer")
    with everyone("test"):
        Membership.objects.filter(user=user).update(roles=["receiver"])
    return user


def goods() -> set[str]:
    with everyone("test"):
        return set(ReceiptLine.objects.values_list("state", flat=True))


def moved(store) -> Transfer:
    with everyone("test"):
        return Transfer.objects.get(facility=store, direction="incoming")


def test_accepted_by_keyboard_pressed_in_metrc_and_confirmed_on_the_open_page(
    page, live_url, sign_in, accessible, store, receiver, metrc, pull
):
    transfer = moved(store)
    sign_in(page, receiver)
    page.goto(f"{live_url}/portal/compliance/receiving/")
    accessible(page)
    page.get_by_role("link", name=transfer.manifest_number).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Accept all").wait_for()
    accessible(page)

    page.get_by_role("button", name="Accept all").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What to press in METRC").wait_for()
    accessible(page)
    page.get_by_role("button", name="Done in METRC").click()
    page.get_by_text("said it is done in METRC").wait_for()
    assert goods() == {"quarantine"}

    until(lambda: page.get_by_text("Live", exact=True).count())
    metrc.press(f"transfers/{transfer.metrc_id}/receive")
    pull(store)

    page.get_by_text("METRC shows the same.").wait_for()
    assert goods() == {"released"}
    accessible(page)


def test_on_a_narrow_phone_without_a_script_each_package_is_decided_about(
    chromium, transactional_db, live_url, sign_in, store, receiver, tmp_path
):
    picture = tmp_path / "wet.png"
    Image.new("RGB", (60, 40), (90, 60, 30)).save(picture)
    width, height = WIDTHS["narrow"]
    with chromium.new_context(viewport={"width": width, "height": height}, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, receiver)
        page.goto(f"{live_url}/portal/compliance/receiving/{moved(store).pk}/")
        first = page.locator("fieldset.finding").first
        assert not first.get_by_label("Why it is not as shipped").is_visible()
        first.get_by_label("Reject").check()
        assert not first.get_by_label("Quantity that is there").is_visible()
        first.get_by_label("Why it is not as shipped").fill("The box is wet")
        first.get_by_label("Picture").set_input_files(picture)
        page.get_by_role("button", name="File what was found").click()

        page.get_by_text("The box is wet").wait_for()
        assert page.locator("main").bounding_box()["width"] <= width
    with everyone("test"):
        assert ReceiptLine.objects.filter(decision="reject", has_photo=True, reason="The box is wet").count() == 1


def test_where_metrc_differs_both_values_come_onto_the_open_page(
    page, live_url, sign_in, accessible, store, receiver, metrc, pull
):
    transfer = moved(store)
    sign_in(page, receiver)
    page.goto(f"{live_url}/portal/compliance/receiving/{transfer.pk}/")
    page.get_by_role("button", name="Accept all").click()
    page.get_by_role("button", name="Done in METRC").wait_for()
    until(lambda: page.get_by_text("Live", exact=True).count())
    with everyone("test"):
        label = transfer.packages.order_by("label").first().label
    metrc.press(f"transfers/{transfer.metrc_id}/receive", packages=[{"label": label, "received": 22}])
    pull(store)

    page.get_by_text("METRC has another answer.").wait_for()
    assert page.get_by_text("22 Each").is_visible()
    accessible(page)
    page.get_by_role("button", name="Take METRC's answer").click()
    page.get_by_text("METRC's answer counts.").first.wait_for()
    assert goods() == {"released"}


def test_the_desk_resolves_a_refused_report(page, live_url, sign_in, accessible, facility, metrc, drain, cast):
    with scope(cast.wholesaler):
        report = make.adjustment(facility=facility, label=metrc.labels()[3], reason="Fell over", note="x")
    drain()
    assert again(report).state == State.REJECTED
    sign_in(page, cast.seller)
    page.goto(f"{live_url}/admin/compliance/report/desk/?group=rejected")
    accessible(page)
    page.get_by_role("link", name=report.number).first.click()
    page.get_by_text("Edit and requeue").click()
    page.get_by_label("Reason").fill("Drying")
    page.get_by_role("button", name="Requeue with these words").click()
    page.get_by_role("heading", name="Adjust a package").wait_for()
    drain()

    with everyone("test"):
        new = Report.objects.get(supersedes=report)
    assert (again(report).state, new.state) == (State.SUPERSEDED, State.CONFIRMED)
    page.goto(f"{live_url}/admin/compliance/report/desk/")
    assert page.get_by_role("link", name=new.number).is_visible()
    assert len(metrc.ledger(new.mark)) == 1


def test_the_desk_cancels_with_a_reason_and_declares_an_outage(page, live_url, sign_in, facility, metrc, drain, cast):
    with scope(cast.wholesaler):
        report = make.adjustment(facility=facility, label=metrc.labels()[3], reason="Fell over", note="x")
    drain()
    sign_in(page, cast.seller)
    page.goto(f"{live_url}/admin/compliance/report/desk/{report.pk}/")
    page.get_by_text("Cancel with reason").click()
    page.get_by_label("Why it is not reported").fill("Told by phone")
    page.get_by_role("button", name="Cancel the report").click()
    until(lambda: again(report).state == State.CANCELLED)

    page.get_by_text("Outage mode…").click()
    page.get_by_label("Why METRC counts as away").fill("METRC is down")
    page.get_by_role("button", name="Begin outage mode").click()
    page.get_by_text("Outage mode is on.").wait_for()
    with scope(cast.wholesaler):
        assert actions.outage_of(cast.wholesaler).reason == "METRC is down"
    page.get_by_role("button", name="End outage mode").click()
    page.get_by_text("Outage mode is off").wait_for()
