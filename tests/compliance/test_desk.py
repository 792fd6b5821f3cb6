"""The desk as staff see it, and the API beside it."""

import json
from datetime import timedelta

import pytest

from apps.accounts.models import Membership
from apps.compliance import actions, desk
from apps.compliance.metrics import metrics
from apps.compliance.models import Manifest, Outage, Report, Transfer
from apps.compliance.rules import State
from apps.core.scope import everyone, scope
from tests import make as others
from tests.compliance import make
from tests.compliance.conftest import BUYER, again

pytestmark = pytest.mark.django_db
DESK = "/admin/compliance/report/desk/"


@pytest.fixture
def office(client_of, cast):
    return client_of(cast.seller)


@pytest.fixture
def unclear(facility, metrc, drain, cast) -> Report:
    """Applied, but METRC drops the notes."""
    metrc.world.patch({"states": {"mi": {"noteKept": False}}})
    metrc.fault("/packages/v2/adjust", "500_after_commit", times=1)
    with scope(cast.wholesaler):
        report = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")
    drain()
    return again(report)


@pytest.fixture
def refused(facility, metrc, drain, cast) -> Report:
    with scope(cast.wholesaler):
        report = make.adjustment(facility=facility, label=metrc.labels()[3], reason="Fell over", note="x")
    drain()
    return again(report)


def test_an_unclear_report_stands_beside_what_metrc_has_and_can_not_be_driven_again(office, unclear):
    page = office.get(f"{DESK}{unclear.pk}/").content.decode()

    assert "our mark is missing: probably applied" in page
    assert unclear.mark in page
    assert "Adopt METRC" in page
    assert "Re-drive is off" in page
    assert "Edit and requeue" not in page


def test_a_report_behind_another_says_whom_it_waits_for(office, unclear, facility, metrc, cast):
    with scope(cast.wholesaler):
        behind = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")

    page = office.get(f"{DESK}{behind.pk}/").content.decode()

    assert f"Waits for {unclear.number}" in page
    assert f"/desk/{unclear.pk}/" in page


def test_the_desk_resolves_a_refused_report(office, refused, drain, metrc):
    said = {"delta": "-1", "unit": "Each", "reason": "Drying", "note": "dried"}
    answer = office.post(f"{DESK}{refused.pk}/edit/", said, follow=True)
    drain()

    with everyone("test"):
        new = Report.objects.get(supersedes=refused)
    assert new.number in answer.content.decode()
    assert (again(refused).state, new.state) == (State.SUPERSEDED, State.CONFIRMED)


@pytest.mark.parametrize(
    ("verb", "said", "state"),
    [
        ("redrive", {}, State.QUEUED),
        ("cancel", {"why": "Told by phone"}, State.CANCELLED),
        ("cancel", {"why": ""}, State.REJECTED),
        ("adopt", {}, State.REJECTED),
        ("look", {}, State.REJECTED),
    ],
)
def test_each_verb_does_what_it_says_or_says_why_not(office, refused, verb, said, state):
    answer = office.post(f"{DESK}{refused.pk}/{verb}/", said, follow=True)

    assert answer.status_code == 200
    assert again(refused).state == state


def test_without_the_role_nothing_is_done(client_of, refused, cast):
    picker = others.user(at=cast.wholesaler, role="staff", staff=True)
    with everyone("test"):
        Membership.objects.filter(user=picker).update(roles=["warehouse"])
    client = client_of(picker)

    page = client.get(f"{DESK}{refused.pk}/").content.decode()
    answer = client.post(f"{DESK}{refused.pk}/redrive/", follow=True)

    assert "Cancel with reason" not in page
    assert "Your roles don" in answer.content.decode()
    assert again(refused).state == State.REJECTED


def test_a_bulk_is_a_dry_run_until_it_is_pressed(office, refused, unclear):
    page = office.get("/admin/compliance/report/desk/redrive/").content.decode()
    assert "1 report would go back to work" in page
    assert again(refused).state == State.REJECTED

    office.post("/admin/compliance/report/desk/redrive/")
    assert (again(refused).state, again(unclear).state) == (State.QUEUED, State.REVIEW)


def test_outage_mode_is_begun_with_a_reason_and_ended(office, cast):
    office.post(f"{DESK}outage/begin/", {"reason": "METRC is down", "hours": "6"})
    with everyone("test"):
        outage = Outage.objects.get()
    assert (outage.reason, outage.until_at - outage.began_at) == ("METRC is down", timedelta(hours=6))
    assert "Outage mode is on" in office.get(DESK).content.decode()

    office.post(f"{DESK}outage/end/")
    with everyone("test"):
        assert actions.outage_of(cast.wholesaler) is None


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("group=person", 2), ("group=rejected", 1), ("group=unclear", 1), ("kind=transfer_create", 0)],
)
def test_the_list_is_by_class_and_kind(cast, refused, unclear, query, found):
    asked = dict(pair.split("=") for pair in query.split("&") if pair)
    with scope(cast.wholesaler):
        assert len(desk.listed(Report.objects.all(), **asked)) == found


def test_the_figures_count_who_waits_for_a_person(cast, refused, unclear):
    with scope(cast.wholesaler):
        tiles = desk.tiles(Report.objects.all(), refused.created_at + timedelta(hours=2))
        told = metrics()

    assert (tiles.person, tiles.late, tiles.by_itself, tiles.doubled) == (2, True, 0, 0)
    assert told["unclear"] == 1
    assert told["roads"][0].state in ("up", "none")


def test_an_empty_desk_says_so(office, facility):
    assert "Nothing waits here" in office.get(DESK).content.decode()


# ---- the API and the papers


def test_reports_are_read_by_api_with_every_call(client_of, cast, refused):
    client = client_of(cast.seller)

    [row] = client.get("/api/v1/compliance/reports/?state=REJECTED").json()["results"]
    one = client.get(f"/api/v1/compliance/reports/{refused.pk}/").json()

    assert (row["state"], row["license"], row["number"]) == ("REJECTED", "AU-P-000412", refused.number)
    assert "Fell over" in one["error"]
    assert [(call["purpose"], call["status"]) for call in one["tries"]] == [("send", 400)]
    assert client.get("/api/v1/compliance/reports/?state=NONSENSE").status_code == 400


def test_another_organization_gets_404(client_of, cast, refused):
    for user in (cast.buyer, cast.outsider):
        assert client_of(user).get(f"/api/v1/compliance/reports/{refused.pk}/").status_code == 404


def test_a_report_as_json_holds_no_drivers_licence(client_of, cast, facility, metrc):
    with scope(cast.wholesaler):
        report = make.transfer(facility=facility, to=BUYER, lines=[make.line(metrc.labels()[0])])

    told = client_of(cast.seller).get(f"/api/v1/compliance/reports/{report.pk}/").json()

    assert told["manifest"]["document"]["driver"]["hint"] == "9920"
    assert "4471" not in json.dumps(told)


def test_the_manifest_is_read_by_who_ships_and_who_receives(client_of, cast, facility, metrc):
    with scope(cast.wholesaler):
        make.transfer(facility=facility, to=BUYER, lines=[make.line(metrc.labels()[0])], recipient=cast.retailer)
        address = f"/portal/compliance/manifests/{Manifest.objects.get().pk}/"

    for user in (cast.seller, cast.buyer):
        answer = client_of(user).get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert client_of(cast.outsider).get(address).status_code == 404


def test_the_states_own_manifest_is_kept_beside_ours(client_of, cast, facility, metrc, drain, pull):
    with scope(cast.wholesaler):
        make.transfer(facility=facility, to=BUYER, lines=[make.line(metrc.labels()[0])])
    drain()
    metrc.press(f"templates/{metrc.templates()[0]['Id']}/register")
    pull()
    with everyone("test"):
        transfer = Transfer.objects.get(order_number="1042")

    answer = client_of(cast.seller).get(f"/portal/compliance/transfers/{transfer.pk}/manifest/")

    assert answer.content == bytes(transfer.state_pdf)
