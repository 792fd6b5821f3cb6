"""The demo's orders: one at each step of its way, once there is something on the shelf; and no second time."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import Location, Organization
from apps.compliance.models import Facility, Tag
from apps.core.invariants import check
from apps.core.scope import everyone
from apps.orders.models import Order
from reup import demo_orders
from tests import make
from tests.compliance import make as reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(settings, capsys):
    settings.REUP_DEMO = True
    call_command("demo")


def fill_shelf() -> None:
    with everyone("test"):
        site = Location.objects.get(slug=demo_orders.SITE)
        seller = Organization.objects.get(name=demo_orders.SELLER)
        for number in range(6):
            product = make.product(organization=seller, sku=f"DEMO-{number}")
            make.stock(location=site, product=product, quantity=400, lab_status="Passed", tag=f"1A4{number:021}")


def fill_drawer() -> None:
    with everyone("test"):
        reported.drawer(facility=Facility.objects.get(location__slug=demo_orders.SITE), count=20)


def test_nothing_is_ordered_from_an_empty_shelf(story):
    assert demo_orders.fill(timezone.now()) is None


def test_each_step_of_an_orders_way_is_shown_once(story):
    fill_shelf()
    assert demo_orders.fill(timezone.now()) is None, "METRC's drawer of tags has not been read"
    fill_drawer()
    assert demo_orders.fill(timezone.now()) == len(demo_orders.STORIES)
    with everyone("test"):
        assert Tag.objects.filter(state="reserved").count() >= 4, "what leaves in part has a tag"
        states = sorted(Order.objects.values_list("state", flat=True))
    assert set(states) == {
        "ACCEPTED",
        "CONFIRMED",
        "COUNTERED",
        "DELIVERED",
        "DRAFT",
        "PENDING",
        "PREPARING",
        "REJECTED",
        "REVIEW",
        "SHIPPED",
    }
    assert demo_orders.fill(timezone.now()) == 0
    assert not [rule["name"] for rule in check() if rule["violations"]]
