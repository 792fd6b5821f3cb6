"""Mass assignment: a field that a form or an endpoint does not take can be sent, but sets nothing."""

import pytest
from django.apps import apps

from reup import policy
from tests.walks.bodies import body_for
from tests.walks.walker import key_of, path_of, routes

pytestmark = pytest.mark.django_db
OURS = [model for app in ("accounts", "catalog", "core") for model in apps.get_app_config(app).get_models()]
NAMES = sorted({field.attname for model in OURS for field in model._meta.concrete_fields} | {"is_superuser", "role"})
WRITING = [route for route in routes() if route.face == "api" and route.line.post and route.line.of]
KEPT_BY_HAND = [label for label, desk in policy.DESKS.items() if policy.OWNER in desk.change]
MOVING = {"updated_at", "edited_at"}  # they say that somebody saved


@pytest.fixture
def _django_db_helper():
    """The mark makes the database; the town's own transaction (conftest) stands around all tests of this module."""


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.key)
def test_an_endpoint_names_every_field_it_does_not_take_and_does_nothing(walker, route):
    north = walker.town.houses["north"].rows[route.line.of]
    asker = walker.town.asker("north owner")
    body = body_for(route, north.pk, asker)
    known = set(body) | {"why", "product", "decision", "location", "note", "packages"}
    pushed = {name: "1" for name in NAMES if name not in known}

    answer = walker.call(asker, "POST", path_of(route, key_of(north, route)), pushed | body, api=True)

    assert answer.status == 400
    assert [name for name in pushed if f'"{name}"' not in answer.body] == []
    assert answer.writes == ()


@pytest.mark.parametrize("label", KEPT_BY_HAND)
def test_a_form_sets_only_the_fields_it_shows(walker, label):
    row = walker.town.houses["north"].rows[label]
    before, after, shown = walker.pushed(walker.town.asker("north owner"), row)

    assert shown
    assert {name: after[name] for name in before if name not in shown | MOVING and after[name] != before[name]} == {}
