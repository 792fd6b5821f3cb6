"""Before and after the commit: shown with a vendor that writes, the smallest there is."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from apps.sandbox.guest import Guest
from apps.sandbox.server import Server
from apps.sandbox.wire import as_json

from .conftest import NOW, TOKEN, Client


class Ledger(Guest):
    """Each POST adds a line."""

    id_fields, price_fields, quantity_field = ("id",), (), "quantity"

    def fill(self, world):
        world.fill({"settings": {}, "lines": {}})

    def caller(self, view, request):
        return "ok", None

    def answer(self, view, request):
        count = len(view.rows("lines"))
        if request.method == "GET":
            return as_json({"lines": count})
        self.world.put("lines", count + 1, {"id": count + 1})
        return as_json({"Ids": [count + 1], "Warnings": None}, committed=True)

    def refuse(self, status):
        return as_json({}, status=status)


@pytest.fixture
def ledger():
    vendor = Ledger()
    server = Server(vendor, ports=(), token=TOKEN, seed=1, drift=False, frozen_at=NOW).start()
    vendor.world = server.world
    client = Client(server)
    yield client
    client.session.close()
    server.stop()


def post(ledger, **how):
    return ledger.get("/lines", method="POST", **how)


def test_without_a_fault_the_write_is_done_and_journaled(ledger):
    assert post(ledger).json() == {"Ids": [1], "Warnings": None}
    assert (ledger.journal()[0]["committed"], ledger.journal()[0]["status"]) == (True, 200)


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ("500_before", 0),
        ("500_after_commit", 1),
        ("503_html", 0),
        ("429", 0),
        ("reset_before_commit", 0),
        ("reset_after_commit", 1),
        ("timeout_before_commit", 0),
        ("timeout_after_commit", 1),
        ("truncated_json", 1),
    ],
)
def test_a_fault_strikes_before_or_after_the_write_and_the_journal_knows(ledger, fault, written):
    ledger.raise_fault("/lines", fault, times=1, seconds=0)
    try:
        assert post(ledger).status_code != 201
    except requests.ConnectionError:
        ledger.session.close()
    assert ledger.get("/lines").json() == {"lines": written}
    assert ledger.journal()[0]["committed"] is bool(written)


def test_while_the_client_still_waits_the_journal_already_knows_the_write(ledger):
    ledger.raise_fault("/lines", "timeout_after_commit", times=1, seconds=30)
    with pytest.raises(requests.ReadTimeout):
        post(ledger, timeout=0.3)
    assert (ledger.journal()[0]["committed"], ledger.journal()[0]["status"]) == (True, None)


def test_a_late_commit_is_done_after_the_refusal(ledger):
    ledger.raise_fault("/lines", "late_commit", times=1, seconds=0.3)
    assert post(ledger).status_code == 504
    assert ledger.get("/lines").json() == {"lines": 0}
    deadline = time.monotonic() + 5
    while not ledger.journal()[0]["committed"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ledger.get("/lines").json() == {"lines": 1}


def test_the_words_for_envelopes_spoil_envelopes(ledger):
    ledger.raise_fault("/lines", "ids_missing", times=1)
    ledger.raise_fault("/lines", "warnings_not_null", times=1)
    assert post(ledger).json() == {"Warnings": None}
    assert post(ledger).json() == {"Ids": [2], "Warnings": "1 row was accepted with a warning."}


def test_many_writers_at_once_lose_no_line(ledger):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: requests.post(ledger.url + "/lines", timeout=10), range(80)))
    assert ledger.get("/lines").json() == {"lines": 80}
