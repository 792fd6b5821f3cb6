"""One at a time, by a lease on the database's clock: held, kept alive, lost, given back."""

import threading
import time
from contextlib import nullcontext

import pytest
from django.db import connection, transaction

from apps.core import locks
from apps.core.errors import LeaseLost
from apps.core.locks import only_one
from apps.core.models import Lease
from tests.processes import running
from tests.trouble import cut_off

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]

HOLDER = """
import django
django.setup()
import time
from contextlib import nullcontext
from apps.core.locks import only_one

with only_one("store 1") as mine:
    print("mine" if mine else "not mine", flush=True)
    time.sleep(60)
"""


def in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def taken_over() -> None:
    """The holder was away for longer than its lease, and another came."""
    Lease.objects.update(until="2020-01-01T00:00Z")
    with only_one("store 1") as other:
        assert other


def test_of_eight_callers_one_holds_it():
    held, together = [], threading.Barrier(8)

    def call():
        together.wait()
        with only_one("store 1") as mine:
            held.append(bool(mine))
            together.wait()

    threads = [in_thread(call) for _ in range(8)]
    for thread in threads:
        thread.join()

    assert sorted(held) == [False] * 7 + [True]


def test_one_name_does_not_keep_another_waiting():
    with only_one("store 1") as one, only_one("store 2") as other:
        assert one
        assert other


def test_it_is_free_at_once_when_the_block_ends():
    with only_one("store 1") as first:
        pass
    with only_one("store 1") as second:
        assert second.fence == first.fence + 1


def test_it_is_free_at_once_when_the_block_fails():
    with pytest.raises(ZeroDivisionError), only_one("store 1"):
        raise ZeroDivisionError
    with only_one("store 1") as mine:
        assert mine


def test_a_process_holds_it_against_others_and_a_killed_one_until_its_lease_ran_out():
    with running("-c", HOLDER, LEASE_SECONDS="2") as holder:
        assert holder.stdout.readline() == "mine\n"
        with only_one("store 1") as mine:
            assert mine is None
    with only_one("store 1") as mine:
        assert mine is None
    time.sleep(2.1)
    with only_one("store 1") as mine:
        assert mine


def test_a_long_block_keeps_its_lease(settings):
    settings.LEASE_SECONDS = 1
    with only_one("store 1") as mine:
        time.sleep(2.5)
        with only_one("store 1") as other:
            assert other is None
        with transaction.atomic():
            mine.still()


def test_who_lost_the_lease_learns_it_before_writing():
    with only_one("store 1") as mine:
        taken_over()
        with pytest.raises(LeaseLost), transaction.atomic():
            mine.still()


def test_who_lost_the_lease_does_not_give_back_the_next_ones():
    with only_one("store 1"):
        Lease.objects.update(until="2020-01-01T00:00Z")
        next_one = only_one("store 1")
        assert next_one.__enter__()
    with only_one("store 1") as third:
        assert third is None
    next_one.__exit__(None, None, None)


def test_nobody_takes_over_while_its_holder_writes(settings, monkeypatch):
    """`still` holds the row: even a lease that runs out meanwhile changes hands only after the commit."""
    settings.LEASE_SECONDS = 1
    monkeypatch.setattr(locks, "heartbeat", lambda beat: nullcontext())
    order = []

    def take():
        until = time.monotonic() + 10
        while not order and time.monotonic() < until:
            time.sleep(0.1)
            with only_one("store 1") as mine:
                if mine:
                    order.append("taken")

    with only_one("store 1") as mine:
        other = in_thread(take)
        with transaction.atomic():
            mine.still()
            time.sleep(2)
            order.append("written")
    other.join()

    assert order[0] == "written"


def test_a_caller_is_told_at_once_that_it_is_held_though_its_holder_is_writing():
    told = []

    def ask():
        began = time.monotonic()
        with only_one("store 1") as mine:
            told.append((mine, time.monotonic() - began))

    with only_one("store 1") as mine, transaction.atomic():
        mine.still()
        in_thread(ask).join()

    ((answer, seconds),) = told
    assert answer is None
    assert seconds < 1


def test_a_holder_whose_connection_was_cut_gives_nothing_back_and_hides_no_error():
    with pytest.raises(ZeroDivisionError), only_one("store 1"):
        cut_off(connection)
        raise ZeroDivisionError
    connection.close()
    with only_one("store 1") as mine:
        assert mine is None
