"""Orders over HTTP with many at once and a server that dies: a web process of its own, real sockets, real threads.
FC18, FC20 and FC22 of the fault cases."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from socket import create_server
from uuid import uuid4

import pytest
import requests
from django.db import connection

from apps.core.models import Job
from apps.core.scope import everyone
from apps.orders.models import Order, OrderEvent
from tests import make
from tests.processes import running

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
TOKEN = "c" * 32
API = "/api/v1/orders/"


class Program:
    """A signed-in person's program; `send` may be called by many threads."""

    def __init__(self, url: str, client):
        self.url, self.cookies = url, {"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN}

    def send(self, path: str, body: dict, key: str, **headers) -> requests.Response:
        headers |= {"X-CSRFToken": TOKEN, "Idempotency-Key": key}
        return requests.post(self.url + path, json=body, headers=headers, cookies=self.cookies, timeout=60)

    def submit(self, number: str, key: str) -> requests.Response:
        return self.send(f"{API}{number}/transitions/", {"action": "submit"}, key, **{"If-Match": '"1"'})


@contextmanager
def served(**changes):
    """A web process on the test's database."""
    with create_server(("127.0.0.1", 0)) as probe:
        port = str(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    command = ("-m", "uvicorn", "reup.asgi:application", "--port", port, "--no-access-log", "--log-level", "error")
    settings = {"DJANGO_SETTINGS_MODULE": "tests.settings", "REUP_TEST_DATABASE": connection.settings_dict["NAME"]}
    with running(*command, **settings, **changes):
        until = time.monotonic() + 30
        while True:
            try:
                requests.get(f"{url}/healthz", timeout=5)
                break
            except requests.ConnectionError:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)
        yield url


def draft(market, quantity=1) -> Order:
    return make.order(
        seller=market.cast.wholesaler, location=market.shop, lines=[(market.shelf(), quantity)], state="DRAFT"
    )


def test_fc18_two_hundred_buyers_submit_for_the_last_unit_and_one_gets_it(market, client_of):
    make.stock(
        location=market.cast.place, product=(last := make.product(organization=market.cast.wholesaler)), quantity=1
    )
    line = market.shelf(last)
    drafts = [
        make.order(seller=market.cast.wholesaler, location=market.shop, lines=[(line, 1)], state="DRAFT")
        for _ in range(200)
    ]
    with served() as url, ThreadPoolExecutor(16) as clients:
        program = Program(url, client_of(market.cast.buyer))
        answers = list(clients.map(lambda order: program.submit(order.number, f"k-{order.number}"), drafts))

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 199}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"insufficient-stock"}
    assert market.standing(last) == (1, 0, 0, 0)


@pytest.mark.timeout(300)
def test_four_hundred_keys_sent_five_times_each_at_once_make_four_hundred_orders(market, client_of):
    body = {"seller": str(market.cast.wholesaler.pk), "location": str(market.shop.pk)}
    keys = [str(uuid4()) for _ in range(400)]
    with served() as url, ThreadPoolExecutor(10) as clients:
        program = Program(url, client_of(market.cast.buyer))

        def until_answered(key: str) -> requests.Response:
            while (answer := program.send(API, body, key)).status_code == 409:
                assert answer.json()["code"] == "idempotency-in-progress"
                time.sleep(0.02)
            return answer

        answers = list(clients.map(until_answered, [key for key in keys for _ in range(5)]))
        others = body | {"title": "another"}
        mismatched = list(clients.map(lambda key: program.send(API, others, key), keys[:40]))
        colleague = Program(url, client_of(make.user(at=market.cast.retailer, role="buyer")))
        stranger = Program(url, client_of(market.cast.outsider))
        own = list(clients.map(lambda key: colleague.send(API, body, key), keys[:40]))
        foreign = list(clients.map(lambda key: stranger.send(API, body, key), keys[:40]))

    assert {answer.status_code for answer in answers} == {201}
    with everyone("test"):
        made = dict(Order.objects.values_list("number", "title"))
    assert len(made) == 440
    numbers = {answer.json()["number"] for answer in answers}
    assert {answer.json()["number"] for answer in own} == set(made) - numbers
    assert {answer.status_code for answer in foreign} == {400}
    assert not any(number in answer.text for answer in foreign for number in (f'"{one}"' for one in numbers))
    assert set(made.values()) == {""}
    for first in range(0, 2000, 5):
        assert len({answer.content for answer in answers[first : first + 5]}) == 1
    assert len(numbers) == 400
    assert {(answer.status_code, answer.json()["code"]) for answer in mismatched} == {(422, "idempotency-mismatch")}


def test_fc22_a_server_killed_between_commit_and_answer_has_moved_the_order_once(market, client_of):
    order, client = draft(market, 4), client_of(market.cast.buyer)
    with served(REUP_FAULTPOINT="committed, not answered:kill") as url, pytest.raises(requests.ConnectionError):
        Program(url, client).submit(order.number, "the one key")
    with served() as url, ThreadPoolExecutor(5) as clients:
        program = Program(url, client)
        answers = list(clients.map(lambda _: program.submit(order.number, "the one key"), range(5)))

    told = [answer for answer in answers if answer.status_code != 409]
    assert told
    assert {answer.status_code for answer in told} == {200}
    assert len({answer.content for answer in told}) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency-in-progress"}
    assert told[0].json()["state"] == "PENDING"
    with everyone("test"):
        assert list(OrderEvent.objects.filter(order=order).values_list("action", "version")) == [("submit", 2)]
        assert Job.objects.filter(name="orders.tell_people").count() == 1
    assert market.standing() == (4, 0, 0, 6)
