"""A turn of the timetable starts once, however many beats there are and whatever their clocks say."""

import threading

import pytest
import time_machine
from django.db import connection, transaction

from apps.core import slots
from apps.core.models import Slot

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]


def test_of_eight_beats_one_starts_a_turn():
    took = []

    def beat():
        with transaction.atomic():
            took.append(slots.take("read the stores", every=86_400))
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(8)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()

    assert sorted(took) == [False] * 7 + [True]


def test_a_beat_whose_clock_runs_two_hours_ahead_starts_no_turn_early():
    assert slots.take("read the stores", every=86_400)
    with time_machine.travel("2031-01-01"):
        assert not slots.take("read the stores", every=86_400)


def test_a_turn_whose_transaction_failed_is_free_again():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert slots.take("read the stores", every=86_400)
        raise ZeroDivisionError

    assert slots.take("read the stores", every=86_400)


def test_lines_take_turns_apart_and_each_turn_anew():
    assert slots.take("one", every=0.01)
    assert slots.take("another", every=86_400)
    threading.Event().wait(0.02)
    assert slots.take("one", every=0.01)
    assert Slot.objects.count() == 3
