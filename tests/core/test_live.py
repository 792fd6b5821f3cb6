"""The stream over real sockets: who hears what, in which order, and what happens when things break."""

import contextlib
from uuid import uuid4

import pytest
from django.db import transaction

from apps.accounts.models import Connection, Membership, User
from apps.core import fast
from apps.core import push as pushing
from apps.core.models import StreamEvent
from apps.core.push import push
from apps.core.scope import everyone
from reup.local.engines import Redis
from tests import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]


@pytest.fixture
def topic(cast) -> str:
    return f"inventory.{cast.place.pk}"


@pytest.fixture
def quick(settings):
    """Beats that a test can wait for. To be asked for before the first socket opens."""
    settings.LIVE_BEAT_SECONDS = 0.2


@pytest.fixture
def buyer(server, cast, client_of):
    """The connected retailer's socket."""
    with server.open(client_of(cast.buyer)) as talk:
        yield talk


@pytest.fixture
def held(monkeypatch):
    """Publishes wait in a list until the test lets them go."""
    waiting = []
    monkeypatch.setattr(pushing, "publish", lambda *frame: waiting.append(frame))
    return waiting


# --- hearing


def test_a_page_hears_what_is_told_after_it_subscribed(buyer, topic):
    assert buyer.subscribe(topic) == {"type": "subscribed", "topic": topic, "seq": 0}

    push(topic, "stock.changed", run=7, products=["a"])

    assert buyer.hear() == {"topic": topic, "seq": 1, "type": "stock.changed", "data": {"run": 7, "products": ["a"]}}


def test_nothing_is_told_of_a_transaction_that_rolled_back(buyer, topic):
    buyer.subscribe(topic)
    with contextlib.suppress(LookupError), transaction.atomic():
        push(topic, "never.happened")
        raise LookupError

    push(topic, "happened")

    assert buyer.hear()["type"] == "happened"


def test_everybody_has_a_topic_me_of_their_own(server, cast, client_of):
    with server.open(client_of(cast.buyer)) as buyer, server.open(client_of(cast.seller)) as seller:
        assert buyer.subscribe("me") == {"type": "subscribed", "topic": "me", "seq": 0}
        seller.subscribe("me")

        push(f"me.{cast.buyer.pk}", "note", text="for the buyer")
        push(f"me.{cast.seller.pk}", "note", text="for the seller")

        assert buyer.hear() == {"topic": "me", "seq": 1, "type": "note", "data": {"text": "for the buyer"}}
        assert seller.hear()["data"] == {"text": "for the seller"}


def test_after_unsubscribing_a_topic_is_silent(buyer, topic):
    buyer.subscribe(topic)
    buyer.subscribe("me")

    buyer.say(unsubscribe=[topic])
    buyer.subscribe("me")  # answered after it
    push(topic, "unheard")
    with pytest.raises(TimeoutError):
        buyer.hear(timeout=0.3)


# --- refusing


def test_a_stranger_is_refused_and_hears_nothing(server, cast, client_of, topic):
    with server.open(client_of(cast.outsider)) as stranger:
        assert stranger.subscribe(topic, 0) == {"type": "refused", "topic": topic}
        push(topic, "stock.changed")
        with pytest.raises(TimeoutError):
            stranger.hear(timeout=0.3)


@pytest.mark.parametrize(
    "name", ["inventory.not-a-uuid", f"inventory.{uuid4()}", "nobody.owns", "", "inventory.\0", "me."]
)
def test_a_topic_nobody_can_hear_is_refused_like_a_strangers(buyer, name):
    assert buyer.subscribe(name) == {"type": "refused", "topic": name}


def test_nobody_hears_another_persons_me(buyer, cast):
    name = f"me.{cast.seller.pk}"

    assert buyer.subscribe(name) == {"type": "refused", "topic": name}


@pytest.mark.usefixtures("quick")
def test_a_connection_that_ends_takes_the_topic_away_while_the_socket_is_open(buyer, topic):
    buyer.subscribe(topic)
    with everyone("test"):
        Connection.objects.all().delete()

    assert buyer.wait_for("refused") == {"type": "refused", "topic": topic}
    push(topic, "stock.changed")
    assert buyer.wait_for("heartbeat")["seqs"] == {}


@pytest.mark.usefixtures("quick")
def test_signing_out_closes_the_socket_with_4401(server, cast, client_of):
    browser = client_of(cast.buyer)
    with server.open(browser) as talk:
        browser.session.flush()
        assert talk.end() == 4401


@pytest.mark.usefixtures("quick")
def test_a_person_who_may_no_longer_sign_in_is_closed_with_4401(server, cast, client_of):
    ticket = client_of(cast.buyer).post("/api/v1/auth/ws-ticket/").json()["ticket"]
    with server.open(query=f"?ticket={ticket}", origin=None) as talk:
        User.objects.filter(pk=cast.buyer.pk).update(is_active=False)
        assert talk.end() == 4401


# --- catching up


def test_a_client_that_was_away_gets_what_it_missed_in_order(buyer, topic):
    for _ in range(250):
        push(topic, "stock.changed")

    assert buyer.subscribe(topic, 3) == {"type": "subscribed", "topic": topic, "seq": 3}
    assert buyer.numbers(247) == list(range(4, 251))
    push(topic, "stock.changed")
    assert buyer.numbers(1) == [251]


def test_past_500_events_the_client_is_told_to_fetch_anew(buyer, topic):
    for _ in range(502):
        push(topic, "stock.changed")

    buyer.subscribe(topic, 1)
    assert buyer.hear() == {"type": "reset", "topic": topic, "seq": 502}
    buyer.say(subscribe={topic: 2})
    assert buyer.hear() == {"type": "subscribed", "topic": topic, "seq": 2}
    assert buyer.numbers(500) == list(range(3, 503))


def test_events_that_were_cleaned_away_are_a_reset(buyer, topic):
    for _ in range(5):
        push(topic, "stock.changed")
    with everyone("test"):
        StreamEvent.objects.filter(seq__lte=3).delete()

    buyer.subscribe(topic, 1)

    assert buyer.hear() == {"type": "reset", "topic": topic, "seq": 5}
    push(topic, "stock.changed")
    assert buyer.numbers(1) == [6]


def test_a_number_ahead_of_the_topic_is_a_reset(buyer, topic):
    push(topic, "stock.changed")

    assert buyer.subscribe(topic, 900) == {"type": "subscribed", "topic": topic, "seq": 1}
    assert buyer.hear() == {"type": "reset", "topic": topic, "seq": 1}


def test_publishes_that_cross_arrive_in_order(buyer, topic, held, monkeypatch):
    buyer.subscribe(topic)
    for _ in range(4):
        push(topic, "stock.changed")
    monkeypatch.undo()

    for number in (2, 0, 3, 1):
        pushing.publish(*held[number])

    assert buyer.numbers(4) == [1, 2, 3, 4]
    with pytest.raises(TimeoutError):
        buyer.hear(timeout=0.3)


@pytest.mark.usefixtures("quick")
def test_a_lost_publish_is_made_up_for_within_a_beat(buyer, topic, held):
    buyer.subscribe(topic)
    push(topic, "stock.changed")

    assert held
    assert buyer.numbers(1, timeout=2) == [1]
    assert buyer.wait_for("heartbeat")["seqs"] == {topic: 1}


def test_a_frame_no_push_has_written_is_passed_over(buyer, topic):
    buyer.subscribe(topic)

    pushing.publish(topic, '{"not": "a frame"}')
    pushing.publish(topic, "\0 not even JSON")
    push(topic, "stock.changed")

    assert buyer.numbers(1) == [1]


# --- staying


def test_an_idle_socket_lives_past_the_five_seconds_of_redis_py(buyer, topic):
    buyer.subscribe(topic)
    with pytest.raises(TimeoutError):
        buyer.hear(timeout=6.5)

    push(topic, "stock.changed")

    assert buyer.numbers(1, timeout=1) == [1]


def test_clients_converge_after_redis_was_flushed_and_killed_five_times(
    server, cast, client_of, topic, settings, tmp_path, monkeypatch
):
    monkeypatch.setattr(fast, "QUIET_SECONDS", 0)  # publishes go out as soon as Redis is back
    redis = Redis(tmp_path / "redis", throwaway=True)
    settings.LIVE_REDIS_URL = f"{redis.url}?db=2"
    with redis, server.open(client_of(cast.buyer)) as buyer, server.open(client_of(cast.seller)) as seller:
        buyer.subscribe(topic)
        seller.subscribe(topic)
        for _ in range(5):
            push(topic, "heard at once")
            redis.kill()
            push(topic, "told while Redis was away")
            redis.start()
        assert buyer.numbers(10) == seller.numbers(10) == list(range(1, 11))
        fast.client().flushall()
        push(topic, "after the flush")
        assert buyer.numbers(1, timeout=1) == [11]
    server.settle()


# --- slow readers


def test_a_client_that_does_not_read_slows_nobody_and_misses_nothing(server, cast, client_of, topic):
    browser = client_of(cast.buyer)
    with contextlib.ExitStack() as stack:
        stuck = stack.enter_context(server.open(browser, patient=False))
        others = [stack.enter_context(server.open(browser)) for _ in range(50)]
        for talk in (stuck, *others):
            talk.subscribe(topic)
        for _ in range(60):
            push(topic, "stock.changed", padding="x" * 20_000)
        for talk in others:
            assert talk.numbers(60, timeout=10) == list(range(1, 61))
        assert stuck.numbers(60, timeout=10) == list(range(1, 61))


@pytest.mark.usefixtures("quick")
def test_a_client_that_never_reads_is_closed_with_4408(server, cast, client_of, topic):
    with server.open(client_of(cast.buyer), patient=False) as stuck:
        stuck.subscribe(topic)
        for _ in range(60):
            push(topic, "stock.changed", padding="x" * 20_000)
        server.settle()  # the server has let it go
        assert stuck.end() == 4408


# --- what comes in


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        "null",
        '{"subscribe": ["me"]}',
        '{"subscribe": {"me": true}}',
        '{"subscribe": {"me": -1}}',
        '{"subscribe": {"me": 1e400}}',
        '{"subscribe": {"me": 9223372036854775808}}',
        '{"subscribe": {"me": null}, "publish": {}}',
        '{"subscribe": {"%s": null}}' % ("x" * 121),
        "[" * 60_000,
    ],
)
def test_malformed_input_is_answered_and_the_socket_lives_on(buyer, text):
    buyer.connection.send(text)

    assert buyer.hear()["code"] == "malformed"
    assert buyer.subscribe("me")["type"] == "subscribed"


def test_a_socket_takes_twenty_topics(buyer):
    buyer.say(subscribe={f"nobody.{number}": None for number in range(20)})
    assert {buyer.hear()["type"] for _ in range(20)} == {"refused"}

    buyer.subscribe("me")
    buyer.say(subscribe={f"nobody.{number}": None for number in range(20)})
    assert buyer.hear()["code"] == "too-many-topics"


def test_more_than_ten_messages_a_second_wait(buyer):
    buyer.say(subscribe={"me": None})
    buyer.hear()
    for _ in range(12):
        buyer.say(subscribe={"me": None})
    for _ in range(9):
        buyer.hear()
    with pytest.raises(TimeoutError):
        buyer.hear(timeout=0.3)
    assert buyer.hear(timeout=2)["type"] == "subscribed"


def test_the_server_lets_go_of_a_socket_that_broke_off(server, cast, client_of, topic):
    with server.open(client_of(cast.buyer)) as talk:
        talk.subscribe(topic)
        talk.connection.socket.close()
    push(topic, "into the void")

    server.settle()


def test_a_chosen_organization_decides_what_is_heard(server, cast, client_of, topic):
    both = make.user(at=cast.stranger, role="buyer")
    with everyone("test"):
        Membership.objects.create(user=both, organization=cast.retailer, role="buyer")
    browser = client_of(both)
    with server.open(browser) as talk:
        assert talk.subscribe(topic)["type"] == "refused"
    session = browser.session
    session["organization"] = str(cast.retailer.pk)
    session.save()
    with server.open(browser) as talk:
        assert talk.subscribe(topic)["type"] == "subscribed"
