"""We → browser: numbers without gaps and in order, and not a word of what did not happen."""

import json
import threading

import pytest
import redis
from django.conf import settings as project
from django.db import connection, transaction

from apps.core.models import StreamEvent, StreamTopic
from apps.core.push import channel, push
from apps.core.scope import everyone, scope
from tests import make

pytestmark = [pytest.mark.engines, pytest.mark.django_db(transaction=True)]
TOPIC = "order.floor-test"


@pytest.fixture
def ear():
    """`ear()` is every frame published on the topic so far."""
    heard = redis.Redis.from_url(project.LIVE_REDIS_URL).pubsub(ignore_subscribe_messages=True)
    heard.subscribe(channel(TOPIC))
    heard.get_message(timeout=1)

    def frames() -> list[dict]:
        found = []
        while message := heard.get_message(timeout=0.3):
            found.append(json.loads(message["data"]))
        return found

    yield frames
    heard.close()


def numbers() -> list[int]:
    with everyone("test"):
        return list(StreamEvent.objects.filter(topic=TOPIC).order_by("pk").values_list("seq", flat=True))


def test_a_frame_is_published_after_the_commit_and_kept(ear):
    organization = make.organization()
    with scope(organization), transaction.atomic():
        assert push(TOPIC, "order.changed", number="1042") == 1
        assert ear() == []

    frame = {"topic": TOPIC, "seq": 1, "type": "order.changed", "data": {"number": "1042"}}
    assert ear() == [frame]
    with scope(organization):
        kept = StreamEvent.objects.get()
        assert {"topic": kept.topic, "seq": kept.seq, "type": kept.type, "data": kept.data} == frame


def test_nothing_is_published_on_rollback_and_its_number_is_given_out_again(ear):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        push(TOPIC, "order.changed")
        raise ZeroDivisionError
    push(TOPIC, "order.changed")

    assert [frame["seq"] for frame in ear()] == [1]
    assert numbers() == [1]


def test_a_part_that_was_undone_is_not_published_with_the_rest(ear):
    with transaction.atomic():
        push(TOPIC, "first")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            push(TOPIC, "undone")
            raise ZeroDivisionError
        push(TOPIC, "second")

    assert [(frame["seq"], frame["type"]) for frame in ear()] == [(1, "first"), (2, "second")]


def test_eight_writers_at_once_give_out_numbers_without_gap_or_double():
    def write():
        for turn in range(25):
            try:
                with transaction.atomic():
                    push(TOPIC, "order.changed")
                    if turn % 5 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert numbers() == list(range(1, 161))
    with everyone("test"):
        assert StreamTopic.objects.get(pk=TOPIC).seq == 160


def test_topics_are_numbered_apart():
    assert [push(TOPIC, "x"), push("order.floor-other", "x"), push(TOPIC, "x")] == [1, 1, 2]


def test_another_organization_does_not_read_an_event():
    with scope(make.organization()):
        push(TOPIC, "order.changed")
    with scope(make.organization()):
        assert not StreamEvent.objects.exists()
