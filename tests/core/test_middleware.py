"""A lost database is 503 with words and a time, for pages and API, wherever it is lost; health tells the truth."""

import json

import pytest
from django.db import close_old_connections, connection

from reup import health
from tests.trouble import cut_off, database_away

pytestmark = [
    pytest.mark.engines,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.core.urls"),
]


def told(answer) -> str:
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    text = answer.content.decode()
    assert "Traceback" not in text
    assert "OperationalError" not in text
    return text


@pytest.fixture
def stranger(client_of):
    """Nobody we know: a request whose first question to the database is the view's own."""
    return client_of(raise_request_exception=False)


@pytest.fixture
def member(client_of, cast):
    """Signed in: the session, then the scope, ask the database before any view does."""
    return client_of(cast.buyer, raise_request_exception=False)


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_a_page_without_database_is_503_in_words(who, request):
    client = request.getfixturevalue(who)
    with database_away(connection):
        answer = client.get("/test/count/")

    assert "The database does not answer" in told(answer)
    assert answer["Content-Type"].startswith("text/html")
    assert client.get("/test/count/").status_code == 200


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_the_api_without_database_is_a_503_problem(who, request):
    client = request.getfixturevalue(who)
    with database_away(connection):
        answer = client.get("/api/v1/test/count/")

    assert json.loads(told(answer))["code"] == "database-away"
    assert answer["Content-Type"] == "application/problem+json"


def test_fc55_a_page_without_space_says_so_in_words(member):
    answer = member.get("/test/fails/?state=53100")

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "The storage is full" in answer.content.decode()
    assert "Planted" not in answer.content.decode()


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("53100", 503, "storage-full"),
        ("53200", 503, "database-away"),  # out of memory
        ("53300", 503, "database-away"),  # too many connections
        ("58030", 503, "database-away"),  # a disk that fails
        ("57P01", 503, "database-away"),  # shut down
        ("25006", 503, "database-away"),  # takes no writes
        ("55P03", 503, "busy"),  # a lock that was waited for too long
        ("40P01", 503, "busy"),  # two that waited for each other
        ("40001", 503, "busy"),
        ("42P01", 500, "broken"),  # our own mistake
    ],
)
def test_the_api_tells_a_failing_server_from_a_mistake_of_ours(member, state, status, code):
    answer = member.get(f"/api/v1/test/fails/?state={state}")

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("Retry-After" in answer) == (status == 503)
    assert "Planted" not in answer.content.decode()


def test_a_connection_cut_while_idle_costs_nobody_an_error(member, monkeypatch):
    """CONN_HEALTH_CHECKS: a restarted server is noticed before the first query of a request."""
    connection.close()
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
    assert member.get("/test/count/").status_code == 200

    cut_off(connection)
    close_old_connections()  # as every request does at its start; the test client leaves it to us
    assert member.get("/test/count/").status_code == 200
    connection.close()


def test_a_view_whose_connection_is_lost_leaves_no_scope_and_the_next_request_works(member):
    assert member.get("/test/lost/").status_code == 503
    assert member.get("/test/count/").status_code == 200


def test_healthz_asks_nobody_not_even_for_the_session(member, stranger):
    with database_away(connection):
        for client in (member, stranger):
            answer = client.get("/healthz")
            assert (answer.status_code, answer.content) == (200, b"ok")


def test_readyz_without_database_is_503_and_says_why(member, stranger):
    with database_away(connection):
        for client in (member, stranger):
            answer = client.get("/readyz")
            assert answer.status_code == 503
            assert answer.json()["reason"].startswith("PostgreSQL does not answer")
    assert stranger.get("/readyz").json()["parts"]["postgresql"] == "ok"


def test_readyz_without_redis_is_degraded_and_open(stranger, settings):
    settings.LIVE_REDIS_URL = "unix:///nowhere?db=2"
    answer = stranger.get("/readyz")

    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


def test_readyz_with_a_full_disk_is_503_and_says_why(stranger, monkeypatch):
    monkeypatch.setattr(health, "DISK_LEAST", 1.1)
    answer = stranger.get("/readyz")

    assert answer.status_code == 503
    assert "disk" in answer.json()["reason"]
