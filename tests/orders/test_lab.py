"""The lab of orders, small: it keeps its promises, its control oversells, its counting sees what went wrong."""

import json
import subprocess
import sys
from dataclasses import asdict

import pytest
from django.conf import settings

from apps.core.scope import everyone
from apps.orders.models import Order, OrderEvent
from tests.lab.orders import _kept, counting
from tests.lab.orders.clients import Asked, Told
from tests.processes import environment

pytestmark = pytest.mark.django_db


@pytest.mark.timeout(300)
def test_servers_die_each_second_and_nothing_is_oversold_lost_or_doubled_but_where_the_lock_is_out():
    shown = subprocess.run(
        # What it kills and starts takes both cores: it gives way to the tests beside it.
        ["nice", sys.executable, "manage.py", "lab", "orders", "--events", "80", "--json"],
        env=environment(REUP_NO_VENV="1"),
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr[-3000:]
    told = json.loads(shown.stdout)
    assert (told["name"], told["seed"], told["acts"]) == ("orders", 1, 80)
    kept = {name: told[name] for name in ("oversold", "lost", "doubled", "drift", "unanswered", "manual")}
    assert not any(kept.values()), kept
    assert told["answers"]["made"] == 80 == told["answers"]["submitted"] + told["answers"]["refused"]
    assert told["faults"]["web process killed"] > 2
    assert told["control"]["oversold"] > 0


def seen(market, order, **changed) -> dict:
    """What is counted after one client was told so much of one order for four flowers."""
    asked = Asked(0, {"lines": [{"sku": "FLOWER", "quantity": 4}]})
    told = Told(asked, **{"number": order.number, "submitted": True} | changed)
    found = asdict(counting.count(market.cast.wholesaler.pk, [told]))
    return {name: value for name, value in found.items() if value and name != "sold"}


def test_what_went_wrong_is_counted(market):
    order = market.order(("FLOWER", 4))
    assert seen(market, order) == {}
    assert seen(market, order, number="nowhere") == {"lost": 1}
    assert seen(market, order, submitted=False) == {"lost": 1}
    assert seen(market, order, number=None, submitted=None) == {"unanswered": 1}
    with everyone("test"):
        event = OrderEvent.objects.get(order=order, action="submit")
        event.pk, event.version = None, 99
        event.save(force_insert=True)
    assert seen(market, order)["doubled"] == 1
    market.draft(("FLOWER", 4))
    assert seen(market, order)["doubled"] == 2


def test_an_order_whose_goods_are_not_held_is_lost_and_units_beyond_the_shelf_are_oversold(market):
    order = market.order(("FLOWER", 4))
    line = market.shelf()
    with everyone("test"):
        line.held, line.quantity = 0, 1
        line.save(update_fields=["held", "quantity"])
    found = seen(market, order)
    assert (found["oversold"], found["drift"] > 0) == (3, True)
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(state="DRAFT")
    assert seen(market, order)["lost"] == 1


def document(**changed) -> dict:
    answers = {"made": 9, "submitted": 3, "refused": 6, "unexpected": 0} | changed.pop("answers", {})
    good = dict.fromkeys(("oversold", "lost", "doubled", "drift", "unanswered"), 0) | {"sold": 5, "answers": answers}
    good |= {"faults": {"web process killed": 4}, "control": {"oversold": 7}}
    return good | changed


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({}, True),
        ({"oversold": 1}, False),
        ({"lost": 1}, False),
        ({"doubled": 1}, False),
        ({"drift": 1}, False),
        ({"unanswered": 1}, False),
        ({"answers": {"unexpected": 1}}, False),
        ({"answers": {"refused": 0}}, False),
        ({"faults": {"web process killed": 0}}, False),
        ({"control": {"oversold": 0}}, False),
    ],
)
def test_one_broken_promise_or_a_control_without_teeth_fails_the_run(changed, kept):
    assert _kept(document(**changed)) is kept
