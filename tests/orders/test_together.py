"""Many at once (features §3.7): who waits, who is told that he came second, and that the goods are given out once.

The rules, and where each has its test: 1 one way to move, test_one_way; 2 one transaction, test_table and test_lab;
3 versions, test_api; 4, 5, 6, 10 here; 7 merged lines, 8 a sync's shortfall, 9 twice is once, 12 sums set right and 13
jobs that run twice, test_stock_rules; 11 many accepted, test_desk.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from apps.core.invariants import check
from apps.core.scope import everyone
from apps.orders.models import OrderEvent
from tests import make
from tests.browser import until
from tests.orders.test_api_together import API, Program, draft, served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]


def moved(program: Program, order, action: str, key: str, **data):
    path = f"{API}{order.number}/transitions/"
    return program.send(path, {"action": action, "data": data}, key, **{"If-Match": f'"{order.version}"'})


def at_once(*calls) -> list:
    """All are sent in the same moment; their answers in that order."""
    start = threading.Barrier(len(calls))

    def call(one):
        start.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def test_two_staff_accept_at_once_the_first_wins_and_the_second_is_told_who_and_when(market, client_of):
    sam = make.user(at=market.cast.wholesaler, role="owner", name="Sam Ortiz")
    kim = make.user(at=market.cast.wholesaler, role="owner", name="Kim Berg")
    orders = [market.order(("GUMMIES", 2)) for _ in range(8)]
    winners = Counter()
    with served() as url:
        desks = {"Sam Ortiz": Program(url, client_of(sam)), "Kim Berg": Program(url, client_of(kim))}
        for order in orders:
            accepts = [partial(moved, desk, order, "accept", f"{name} {order.number}") for name, desk in desks.items()]
            told = dict(zip(desks, at_once(*accepts), strict=True))
            first, second = sorted(told, key=lambda name: told[name].status_code)
            assert [told[first].status_code, told[second].status_code] == [200, 409]
            refused = told[second].json()
            assert (refused["code"], refused["by"]) == ("already-decided", first)
            assert refused["detail"].startswith(f"{first} accepted this order at ")
            with everyone("test"):
                event = OrderEvent.objects.get(order=order, action="accept")
            assert (event.actor_name, event.at.isoformat()) == (first, refused["at"])
            again = moved(desks[first], order, "accept", f"{first} {order.number}")
            assert (again.status_code, again.content) == (200, told[first].content)
            winners[first] += 1
    assert market.standing(market.gummies) == (0, 16, 0, 34)


def test_accept_and_cancel_at_once_one_wins_and_the_other_hears_of_it(market, client_of):
    orders = [market.order(("GUMMIES", 2)) for _ in range(12)]
    won = Counter()
    with served() as url:
        desk, shop = (Program(url, client_of(who)) for who in (market.cast.seller, market.cast.buyer))
        for order in orders:
            accepted, cancelled = at_once(
                partial(moved, desk, order, "accept", f"a-{order.number}"),
                partial(moved, shop, order, "cancel", f"c-{order.number}"),
            )
            codes = (accepted.status_code, cancelled.status_code)
            assert codes in ((200, 412), (409, 200)), (accepted.text, cancelled.text)
            if accepted.ok:
                assert cancelled.json()["code"] == "version-mismatch"
                assert str(market.cast.seller) in cancelled.json()["detail"]
            else:
                assert accepted.json()["code"] == "already-decided"
                assert f"{market.cast.buyer} cancelled this order at " in accepted.json()["detail"]
            won[market.fresh(order).state] += 1
    assert set(won) <= {"ACCEPTED", "CANCELLED"}
    assert market.standing(market.gummies) == (0, 2 * won["ACCEPTED"], 0, 50 - 2 * won["ACCEPTED"])
    assert not [rule for rule in check() if rule["violations"]]


def test_ten_units_go_to_ten_of_forty_who_ask_for_one(market, client_of):
    drafts = [draft(market) for _ in range(40)]
    with served() as url, ThreadPoolExecutor(10) as clients:
        shop = Program(url, client_of(market.cast.buyer))
        answers = list(clients.map(lambda order: shop.submit(order.number, f"k-{order.number}"), drafts))
    assert Counter(answer.status_code for answer in answers) == {200: 10, 409: 30}
    assert {answer.json()["available"][0]["available"] for answer in answers if not answer.ok} == {"0"}
    assert market.standing() == (10, 0, 0, 0)


@pytest.mark.parametrize("what", ["catalog_shelfline", "orders_order"])
def test_who_waits_longer_than_three_seconds_for_a_row_is_sent_away_and_comes_again_with_the_same_key(
    market, client_of, line, what
):
    order, client = draft(market, 4), client_of(market.cast.buyer, raise_request_exception=False)
    send = lambda: client.post(  # noqa: E731
        f"{API}{order.number}/transitions/",
        {"action": "submit"},
        content_type="application/json",
        headers={"Idempotency-Key": "k", "If-Match": '"1"'},
    )
    with line.transaction():
        line.execute(f"SELECT 1 FROM {what} FOR UPDATE")  # noqa: S608
        began = time.monotonic()
        answer = send()
        waited = time.monotonic() - began
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer["Retry-After"]) > 0
    assert waited > 2.9
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("3s",)
    assert (market.fresh(order).state, market.standing()) == ("DRAFT", (0, 0, 0, 10))
    assert send().status_code == 200
    assert market.standing() == (4, 0, 0, 6)


def test_two_moves_that_wait_for_each_other_are_both_made(market, client_of, line):
    """The other has the goods and wants the order; ours has the order and wants the goods: PostgreSQL sends ours away,
    which tries once more, after the other."""
    order = draft(market, 4)
    shelf = market.shelf().pk

    def other() -> None:
        with line.transaction():
            line.execute("SELECT 1 FROM catalog_shelfline WHERE id = %s FOR UPDATE", [shelf])
            has_the_goods.set()
            until(lambda: line.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall(), 10)
            line.execute("SELECT 1 FROM orders_order WHERE id = %s FOR UPDATE", [order.pk])

    has_the_goods = threading.Event()
    with ThreadPoolExecutor(1) as elsewhere:
        waiting = elsewhere.submit(other)
        assert has_the_goods.wait(10)
        answer = client_of(market.cast.buyer, raise_request_exception=False).post(
            f"{API}{order.number}/transitions/",
            {"action": "submit"},
            content_type="application/json",
            headers={"Idempotency-Key": "k", "If-Match": '"1"'},
        )
        waiting.result(10)
    assert answer.status_code == 200, answer.content
    assert market.standing() == (4, 0, 0, 6)
    with everyone("test"):
        assert OrderEvent.objects.filter(order=order, action="submit").count() == 1
