"""Tenancy, proven: every route, method, role and organization answers as reup/policy.py says, and tells no secrets."""

import pytest
from django.contrib import admin

from apps.core import topics
from apps.core.live import people
from apps.core.live.people import Listener
from reup import policy
from tests.walks.walker import Route, key_of, routes, unknown

pytestmark = pytest.mark.django_db
LEAST_CELLS = 8_000
ROUTES = routes()


@pytest.fixture
def _django_db_helper():
    """The mark makes the database; the town's own transaction (conftest) stands around all tests of this module."""


def test_every_route_has_its_line_in_the_policy_and_every_line_its_route():
    assert {route.key for route in ROUTES} == set(policy.ROUTES)


def test_every_desk_of_the_back_office_is_in_the_policy():
    assert {model._meta.label_lower for model in admin.site._registry} == set(policy.DESKS)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.key)
def test_a_route_answers_everybody_as_its_line_says(walker, route: Route):
    walker.routes += 1
    wrong = [fault for asker in walker.town.askers for fault in walker.wrong(asker, route)]

    assert not wrong, "\n".join(wrong)


def test_every_topic_has_its_line_in_the_policy():
    assert set(topics._owners) == set(policy.TOPICS)


@pytest.mark.parametrize("word", [*policy.TOPICS, "nobody's"])
def test_a_topic_is_heard_by_those_its_line_names(walker, word):
    line = policy.TOPICS.get(word, policy.Topic(hear=policy.NOBODY))
    wrong = []
    for asker in walker.town.askers:
        for topic, house in _topics(walker, asker, word, line):
            walker.cells += 1
            may = asker.role in line.hear and (house is None or walker.within(asker, line.rows, house))
            heard = people.admitted(Listener(session=asker.session), {topic})
            if bool(heard) != may:
                wrong.append(f"{asker.label}: {topic} {heard}")

    assert not wrong, "\n".join(wrong)


def _topics(walker, asker, word: str, line: policy.Topic) -> list:
    """`(topic, whose)` of every house; the own one where the topic has no key."""
    if not line.of:
        return [(f"{word}.{asker.user.pk}" if asker.user else word, None)]
    houses = [house for house in walker.town.houses.values() if line.of in house.rows]
    return [(f"{word}.{key_of(house.rows[line.of])}", house) for house in houses]


def test_somebody_elses_own_topic_and_rows_that_are_not_there_are_refused_alike(walker):
    north, juniper = walker.town.asker("north owner"), walker.town.asker("juniper owner")
    asked = {f"me.{juniper.user.pk}", "inventory.x", f"inventory.{unknown('accounts.location')}", "runs.", "order.1"}

    assert people.admitted(Listener(session=north.session), asked) == set()


def test_enough_cells_were_walked(walker):
    """Stands last in the file. Fewer routes asked for on the command line walk fewer cells."""
    if walker.routes == len(ROUTES):
        assert walker.cells >= LEAST_CELLS
