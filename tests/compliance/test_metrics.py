"""The queue's figures on the status page, for the platform's own people alone. metrc.md §6.10."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.compliance.metrics import metrics
from apps.compliance.models import Cursor, Facility, Report
from apps.core import audit
from apps.core import tasks as core_tasks
from apps.core.models import Breaker, OutboundCall
from apps.core.scope import everyone, scope
from tests import make as people
from tests.browser import WIDTHS
from tests.compliance import make

pytestmark = pytest.mark.django_db
ADJUST = "/packages/v2/adjust"


@pytest.fixture
def told(facility):
    """`told()` is what staff are told, and the facility's own road."""

    def tell() -> tuple[dict, object]:
        with everyone("test"):
            found = metrics()
        return found, next(road for road in found["roads"] if road.facility == facility)

    return tell


@pytest.fixture
def filed(facility, metrc):
    def adjust(number: int = 0) -> Report:
        with scope(facility.organization_id):
            return make.adjustment(facility=facility, label=metrc.labels()[number], reason="Drying", note="x")

    return adjust


def test_a_road_tells_its_times_its_429s_its_breaker_and_how_long_a_report_waits(told, filed, facility):
    key, now = str(facility.location_id), timezone.now()
    with everyone("test"):
        for number in range(1, 101):
            status = 429 if number <= 3 else 200
            OutboundCall.objects.create(
                service="METRC", key=key, method="GET", path="/", status=status, seconds=number / 100, outcome="ok"
            )
        OutboundCall.objects.create(
            service="METRC", key=key, method="GET", path="/", status=429, seconds=99, at=now - timedelta(hours=2)
        )
        Breaker.objects.create(service="METRC", key=key, open_until=now + timedelta(minutes=1))
        Facility.objects.update(key_expires_date=now.date() + timedelta(days=20))
        for hours, endpoint in ((1, "packages/active"), (5, "transfers/incoming")):
            until = now - timedelta(hours=hours)
            Cursor.objects.create(
                organization=facility.organization, facility=facility, endpoint=endpoint, until_at=until
            )
        Report.objects.filter(pk=filed().pk).update(created_at=now - timedelta(hours=3))
    filed(1)

    _, road = told()

    assert (road.p50, road.p95, road.limited, road.breaker) == (0.5, 0.95, 3, "open")
    assert (road.key_days, road.key_state, road.state) == (20, "warn", "away")
    assert timedelta(hours=5) <= road.lag < timedelta(hours=5, minutes=1)
    assert timedelta(hours=3) <= road.oldest < timedelta(hours=3, minutes=1)

    with everyone("test"):
        Breaker.objects.update(open_until=now - timedelta(minutes=1))
    assert told()[1].breaker == "probing"


def test_look_ups_are_counted_by_what_they_found_and_a_double_is_told(told, filed, drain, metrc):
    metrc.fault(ADJUST, "500_after_commit", times=1)
    filed()
    drain()
    metrc.fault(ADJUST, "500_before", times=1)
    lost = filed(1)
    metrc.fault("/packages/v2/adjustments", "503_html", times=3)
    drain()

    found, _ = told()
    assert found["verdicts"] == {"there": 1, "absent": 2, "unsure": 0, "unanswered": 1}
    assert (found["resent"], found["doubled"], found["unclear"]) == (1, 0, 0)

    with everyone("test"):
        Report.objects.filter(pk=lost.pk).update(found={"times": 2})
    assert told()[0]["doubled"] == 1


def test_the_page_shows_them_to_the_platforms_people_and_to_nobody_else(client_of, cast, filed, facility):
    filed()
    staff = people.user(staff=True, superuser=True)
    page = client_of(staff).get("/status/").content.decode()

    for words in ("METRC by licence", facility.number, "Oldest queued", "429s", "Lists behind", "Audit trail walked"):
        assert words in page
    assert "never" in page
    for person in (None, cast.seller, cast.buyer):
        assert "METRC by licence" not in client_of(person).get("/status/").content.decode()


def test_the_trail_is_walked_by_the_timetable_and_its_age_and_faults_are_told(client_of, filed):
    filed()
    core_tasks.verify_audit()
    with everyone("test"):
        assert audit.last_verified().data["broken"] == 0
        assert audit.verify()[2] == []
    page = client_of(people.user(staff=True, superuser=True)).get("/status/")
    assert "0 s ago" in page.content.decode()

    with everyone("test"):
        audit.record("test", audit.VERIFIED, chain=audit.PLATFORM, broken=3)
    page = client_of(people.user(email="b@reup.test", staff=True, superuser=True)).get("/status/")
    assert "broken, 0 s ago" in page.content.decode()


def test_the_timetable_knows_the_walk():
    from reup.schedule import timetable

    assert "core.verify_audit" in {line["task"] for line in timetable(inventory_minutes=10).values()}


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_accessible_and_fits_its_width(page, live_url, sign_in, accessible, filed, told, facility, width):
    now, key = timezone.now(), str(facility.location_id)
    with everyone("test"):
        for number in range(20):
            OutboundCall.objects.create(
                service="METRC", key=key, method="GET", path="/", status=429, seconds=number / 7, outcome="ok"
            )
        Breaker.objects.create(service="METRC", key=key, open_until=now - timedelta(minutes=1))
        Facility.objects.update(key_expires_date=now.date() + timedelta(days=3))
        Cursor.objects.create(
            organization=facility.organization, facility=facility, endpoint="x", until_at=now - timedelta(hours=5)
        )
    filed()
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    sign_in(page, people.user(staff=True, superuser=True))
    page.goto(f"{live_url}/status/")

    assert "METRC by licence" in page.content()
    assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[width][0]
    accessible(page)
