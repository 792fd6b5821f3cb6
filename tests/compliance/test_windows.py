"""METRC's own maintenance: entered by the platform, inside it nothing is sent and no report grows late, and all can see
it; published calls and differences are looked after in the back office."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.compliance import actions
from apps.compliance.models import Capability, Discrepancy, Facility, MaintenanceWindow, Report
from apps.compliance.rules import State
from apps.core.models import AuditEntry
from apps.core.scope import everyone, scope
from tests import make as others
from tests.compliance import make
from tests.compliance.conftest import again

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def window(state="mi", begins=-HOUR, ends=HOUR) -> MaintenanceWindow:
    now = timezone.now()
    return MaintenanceWindow.objects.create(state=state, begins_at=now + begins, ends_at=now + ends, note="Bulletin 12")


@pytest.fixture
def report(facility, metrc, cast) -> Report:
    with scope(cast.wholesaler):
        return make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")


def test_inside_a_window_nothing_is_sent_and_after_it_the_queue_drains(report, metrc, drain):
    made = window()
    assert drain() == 0
    with everyone("test"):
        assert not actions.with_work().exists()
    assert metrc.world.journal.entries() == []

    MaintenanceWindow.objects.filter(pk=made.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    drain()
    assert again(report).state == State.CONFIRMED


@pytest.mark.parametrize(
    ("state", "begins", "rests"), [("", -HOUR, True), ("ny", -HOUR, False), ("mi", HOUR / 2, False)]
)
def test_a_window_is_of_its_state_or_of_all_and_of_its_time(facility, state, begins, rests):
    window(state=state, begins=begins)
    with everyone("test"):
        assert Facility.objects.filter(Facility.free_now(), pk=facility.pk).exists() is not rests


def test_no_alarm_is_raised_inside_a_window_and_its_time_is_no_age(report):
    now = timezone.now()
    with everyone("test"):
        Report.objects.filter(pk=report.pk).update(created_at=now - 2 * HOUR, deadline_at=now + 9 * HOUR)
        made = window(begins=-3 * HOUR)
        assert actions.raise_alarms() == 0

        MaintenanceWindow.objects.filter(pk=made.pk).update(ends_at=now - timedelta(minutes=30))
        assert actions.raise_alarms() == 1
        assert again(report).alarm == 1  # thirty minutes, not two hours
        MaintenanceWindow.objects.all().delete()
        assert actions.raise_alarms() == 1
    assert again(report).alarm == 2


def test_windows_that_overlap_count_once():
    now = timezone.now()
    window(begins=-4 * HOUR, ends=-2 * HOUR)
    window(state="", begins=-3 * HOUR, ends=-HOUR)
    window(state="ny", begins=-5 * HOUR, ends=HOUR)

    assert abs(MaintenanceWindow.resting("mi", now - 9 * HOUR, now) - 3 * HOUR) < timedelta(seconds=1)
    assert MaintenanceWindow.resting("mi", now, now + HOUR) == timedelta(0)


def test_the_desk_and_the_status_page_show_it(client_of, cast, facility):
    window()
    office = client_of(cast.seller)

    assert "METRC is in maintenance." in office.get("/admin/compliance/report/desk/").content.decode()
    with everyone("test"):
        Facility.objects.update(last_ok_at=timezone.now())
    assert "maintenance until" in office.get("/status/").content.decode().lower()


@pytest.fixture
def platform(client_of):
    return client_of(others.user(superuser=True, staff=True))


def test_the_platform_enters_windows_and_calls_and_nonsense_is_refused(platform):
    said = {"state": "MI", "begins_at_0": "2026-12-01", "begins_at_1": "08:00", "ends_at_0": "2026-12-01"}
    bad = platform.post("/admin/compliance/maintenancewindow/add/", said | {"ends_at_1": "07:00"})
    assert "The end comes after the beginning" in bad.content.decode()
    platform.post("/admin/compliance/maintenancewindow/add/", said | {"ends_at_1": "11:00", "note": "Bulletin 12"})
    assert MaintenanceWindow.objects.get().state == "mi"

    call = {"state": "mi", "act": "accept", "method": "POST", "is_on": "on"}
    for path in (
        "https://mi.metrc.com/x",
        "/x?y=1",
        "/{tag}",
        "/{transfer.__class__}",
        "x",
        "/a/../b",
        "//evil.test/x",
    ):
        answer = platform.post("/admin/compliance/capability/add/", call | {"path": path})
        assert answer.status_code == 200, path
    platform.post("/admin/compliance/capability/add/", call | {"path": "/transfers/v2/{transfer}/receive"})
    row = Capability.objects.get()
    Capability.objects.update(missing_at=timezone.now())
    assert "404" in platform.get("/admin/compliance/capability/").content.decode()
    platform.post(f"/admin/compliance/capability/{row.pk}/change/", call | {"path": row.path, "note": "seen"})
    row.refresh_from_db()
    assert (row.missing_at, row.note) == (None, "seen")


def test_a_difference_is_settled_in_the_back_office_by_who_may(client_of, cast, facility):
    with scope(cast.wholesaler):
        row = actions.note_difference(facility=facility, kind="quantity", subject="1A4…1187", ours="48", theirs="46")
    office, address = client_of(cast.seller), f"/admin/compliance/discrepancy/{row.pk}"
    assert "1A4…1187" in office.get("/admin/compliance/discrepancy/").content.decode()
    assert "Which side is right" in office.get(f"{address}/change/").content.decode()

    office.post(f"{address}/settle/", {"why": " "})
    with everyone("test"):
        assert Discrepancy.objects.get().state == "open"
    office.post(f"{address}/settle/", {"why": "Counted: 46"})
    with everyone("test"):
        assert (Discrepancy.objects.get().state, Discrepancy.objects.get().why) == ("settled", "Counted: 46")
        assert AuditEntry.objects.filter(action="difference.settled").count() == 1
    stranger = client_of(others.user(at=cast.stranger, role="owner", staff=True))
    assert stranger.post(f"{address}/settle/", {"why": "x"}).status_code == 404
