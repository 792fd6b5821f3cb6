"""Alive, ready, and what works, in words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.models import Breaker
from tests import make

pytestmark = pytest.mark.django_db


def dutchie(client) -> tuple[str, str]:
    (source,) = [each for each in client.get("/status/").context["sources"] if each["name"] == "Dutchie POS"]
    return source["state"], source["detail"]


def test_a_store_read_a_moment_ago_is_up(client, cast):
    make.run(location=cast.place)

    page = client.get("/status/").content.decode()

    assert "Everything works" in page


@pytest.mark.parametrize("minutes", [21, 60])
def test_a_store_not_read_for_twenty_minutes_is_late(client, cast, minutes):
    make.run(location=cast.place, started_at=timezone.now() - timedelta(minutes=minutes))

    assert dutchie(client) == ("late", "late at 1 of 1 store")


def test_a_source_whose_road_is_closed_and_whose_stores_are_all_late_is_away(client, cast):
    until = timezone.now() + timedelta(minutes=1)
    Breaker.objects.create(service="Dutchie POS", key=str(cast.place.pk), open_until=until)

    assert dutchie(client) == ("away", "does not answer; each shelf shows what we knew, with its time")


def test_nobody_of_an_organization_sees_figures_of_everybodys_queues(client_of, cast):
    for person in (None, cast.buyer, cast.seller):
        assert "Jobs waiting" not in client_of(person).get("/status/").content.decode()


def test_the_platforms_own_people_see_them(client_of, db):
    assert "Jobs waiting" in client_of(make.user(staff=True, superuser=True)).get("/status/").content.decode()
