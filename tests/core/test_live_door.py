"""The stream's door: where one comes from and who one is, before a word is said (FC46: cross-site handshakes)."""

import asyncio
import time

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings as project
from websockets.exceptions import InvalidStatus

from apps.core import fast
from apps.core.live import sockets, tickets
from apps.core.live.origin import is_ours
from apps.core.live.people import Listener
from reup.asgi import application
from tests import make
from tests.processes import in_a_loop

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/ws/v1/stream"
OURS = "https://reup.example"


@pytest.fixture
def https(settings):
    settings.ALLOWED_HOSTS = ["reup.example", "[::1]"]
    settings.SESSION_COOKIE_SECURE = True


def knock(address=PATH, *, cookie=None, origin=None, door=sockets, say=None):
    """How the door answers: "in", "refused CODE" in the handshake, or "closed CODE" after it."""
    path, _, query = address.partition("?")
    headers = [(b"cookie", f"sessionid={cookie}".encode())] if cookie else []
    headers += [(b"origin", value.encode()) for value in ([origin] if isinstance(origin, str) else origin or [])]
    scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
    return in_a_loop(_knock(ApplicationCommunicator(door, scope), say))


async def _knock(visitor: ApplicationCommunicator, say) -> str:
    await visitor.send_input({"type": "websocket.connect"})
    answer = await visitor.receive_output(timeout=5)
    if answer["type"] == "websocket.close":
        return f"refused {answer['code']}"
    assert answer["type"] == "websocket.accept"
    if say:
        await visitor.send_input({"type": "websocket.receive", **say})
    closed = not await visitor.receive_nothing(timeout=0.3)
    if closed:
        answer = await visitor.receive_output()
    await visitor.send_input({"type": "websocket.disconnect", "code": 1000})
    await visitor.wait(timeout=5)
    return f"closed {answer['code']}" if closed else "in"


def ticket_for(client) -> str:
    answer = client.post("/api/v1/auth/ws-ticket/")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json()["ticket"]


# --- by session


def test_a_session_from_our_own_page_is_let_in(client_of, https):
    session = client_of(make.user()).session.session_key

    assert knock(cookie=session, origin=OURS) == "in"
    assert knock(cookie=session, origin=OURS, door=application) == "in"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        None,
        "https://reup.example.evil.example",
        "http://reup.example",
        "https://reup.example@evil.example",
        "https://reup.example/page",
        "https://[",
        "wss://reup.example",
        "",
        [OURS, "https://evil.example"],
    ],
)
def test_fc46_a_valid_session_from_a_foreign_page_is_refused_in_the_handshake(client_of, https, origin):
    session = client_of(make.user()).session.session_key

    assert knock(cookie=session, origin=origin) == "refused 1008"


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", None, "https://reup.example.evil.example", "http://reup.example"],
)
def test_fc46_a_browser_is_answered_403_and_no_socket_is_opened(server, client_of, https, origin):
    browser = client_of(make.user())

    assert answered(server, browser, origin=origin) == 403
    assert answered(server, browser, origin=OURS) == 101


@pytest.mark.parametrize("query", ["?token={}", "?access_token={}", "?sessionid={}"])
def test_fc46_a_secret_in_the_address_is_answered_403_though_it_be_valid(server, client_of, query):
    session = client_of(make.user()).session.session_key

    assert answered(server, query=query.format(session), origin=None) == 403
    assert answered(server, query=query.format(session), origin="ours") == 403


def answered(server, browser=None, **said) -> int:
    """The handshake's HTTP status over the wire; 101 is a socket."""
    try:
        with server.open(browser, **said):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


@pytest.mark.parametrize("cookie", [None, "no-such-session", "x\0y", "ü" * 400])
def test_a_visitor_without_a_session_is_let_in_and_told_4401(https, cookie):
    assert knock(cookie=cookie, origin=OURS) == "closed 4401"


def test_a_person_who_is_no_longer_active_is_told_4401(client_of, https):
    user = make.user()
    session = client_of(user).session.session_key
    type(user).objects.update(is_active=False)

    assert knock(cookie=session, origin=OURS) == "closed 4401"


def test_trusted_origins_are_read_as_for_forms(settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://*.partner.example", "https://shop.example:8443"]

    assert is_ours("https://a.partner.example")
    assert is_ours("https://shop.example:8443")
    assert not is_ours("https://shop.example")
    assert not is_ours("http://a.partner.example")
    assert not is_ours("https://evilpartner.example")


# --- by ticket


@pytest.mark.engines
def test_fc46_a_ticket_opens_one_socket_from_a_program(client_of):
    ticket = ticket_for(client_of(make.user()))

    assert knock(f"{PATH}?ticket={ticket}") == "in"
    assert knock(f"{PATH}?ticket={ticket}") == "refused 4401"


@pytest.mark.engines
def test_fc46_a_ticket_lasts_thirty_seconds(client_of):
    tickets_before = set(_kept())
    ticket_for(client_of(make.user()))

    (key,) = set(_kept()) - tickets_before
    assert 28 < fast.client().ttl(key) <= tickets.SECONDS == 30
    fast.client().pexpire(key, 1)


@pytest.mark.engines
def test_fc46_a_late_ticket_opens_nothing(client_of, monkeypatch):
    monkeypatch.setattr(tickets, "SECONDS", 1)
    ticket = ticket_for(client_of(make.user()))
    time.sleep(1.1)

    assert knock(f"{PATH}?ticket={ticket}") == "refused 4401"


@pytest.mark.engines
def test_redis_holds_neither_the_ticket_nor_the_session(client_of):
    browser = client_of(make.user())
    before = set(_kept())
    ticket = ticket_for(browser)

    (key,) = set(_kept()) - before
    held = key + fast.client().get(key)
    assert ticket.encode() not in held
    assert browser.session.session_key.encode() not in held


@pytest.mark.engines
def test_a_ticket_from_a_foreign_page_is_refused_and_used_up(client_of, https):
    ticket = ticket_for(client_of(make.user(), HTTP_HOST="reup.example"))

    assert knock(f"{PATH}?ticket={ticket}", origin="https://evil.example") == "refused 1008"
    assert knock(f"{PATH}?ticket={ticket}", origin=OURS) == "refused 4401"


@pytest.mark.engines
def test_of_two_at_once_one_gets_in_with_a_ticket(client_of):
    ticket = tickets.issue(Listener(user="somebody"))

    async def both():
        return await asyncio.gather(*(tickets.redeem(ticket) for _ in range(20)))

    assert sorted(found is None for found in in_a_loop(both())) == [False] + [True] * 19


@pytest.mark.engines
def test_a_ticket_ends_with_the_session_it_was_made_in(client_of):
    browser = client_of(make.user())
    ticket = ticket_for(browser)
    browser.session.flush()

    assert knock(f"{PATH}?ticket={ticket}") == "refused 4401"


@pytest.mark.engines
def test_a_ticket_without_a_session_ends_with_the_password(client_of):
    user = make.user()
    ticket = tickets.issue(Listener(user=str(user.pk), stamp=user.get_session_auth_hash()))
    user.set_password("another long password")
    user.save()

    assert knock(f"{PATH}?ticket={ticket}") == "refused 4401"


def test_only_signed_in_people_get_a_ticket(client_of):
    answer = client_of().post("/api/v1/auth/ws-ticket/")

    assert answer.status_code in (401, 403)
    assert answer.json()["code"] in ("not-signed-in", "not-allowed")


def test_a_page_elsewhere_can_not_fetch_a_ticket(client_of):
    assert client_of(make.user(), enforce_csrf_checks=True).post("/api/v1/auth/ws-ticket/").status_code == 403


def test_without_redis_a_ticket_is_503_and_a_session_still_gets_in(client_of, settings, monkeypatch):
    settings.LIVE_REDIS_URL = "unix:///nowhere.sock"
    browser = client_of(make.user())

    answer = browser.post("/api/v1/auth/ws-ticket/")
    assert (answer.status_code, answer.json()["code"]) == (503, "sockets-away")
    assert answer.headers["Retry-After"]
    assert knock(f"{PATH}?ticket=any") == "refused 1013"
    assert knock(cookie=browser.session.session_key, origin="http://testserver") == "in"


# --- what else is refused


@pytest.mark.parametrize("query", ["token=abc", "access=abc", "ticket=a&ticket=b", "ticket=a&token=b", "sessionid=abc"])
def test_fc46_any_other_secret_in_the_address_is_refused_also_with_a_session(client_of, query):
    session = client_of(make.user()).session.session_key

    assert knock(f"{PATH}?{query}", cookie=session, origin="http://testserver") == "refused 1008"


@pytest.mark.parametrize("path", ["/", "/ws/v1/stream/", "/ws/v1/", "/ws/v2/stream"])
def test_there_is_one_path(client_of, path):
    session = client_of(make.user()).session.session_key

    assert knock(path, cookie=session, origin="http://testserver") == "refused 1008"


def test_binary_input_closes_with_1003(client_of):
    session = client_of(make.user()).session.session_key

    assert knock(cookie=session, origin="http://testserver", say={"bytes": b"\0\1"}) == "closed 1003"


def test_a_message_over_64_kib_closes_with_1009(client_of):
    session = client_of(make.user()).session.session_key

    assert knock(cookie=session, origin="http://testserver", say={"text": "x" * 65_537}) == "closed 1009"


def _kept() -> list[bytes]:
    return list(fast.client().scan_iter(f"{project.REDIS_PREFIX}ticket:*"))
