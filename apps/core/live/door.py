"""The sockets' door: one path, our own pages only, and nobody unknown.

A wrong path, a foreign Origin and a bad ticket are refused in the handshake (403). A visitor whose session has ended is
let in and closed with 4401, for a browser shows its page a close code, but nothing of a refused handshake.
"""

from urllib.parse import parse_qsl

import redis
import structlog
from django.conf import settings
from django.http import parse_cookie

from . import origin, people, store, tickets
from .consumer import Stream
from .hub import NOT_SIGNED_IN, TRY_LATER
from .people import Listener

log = structlog.get_logger(__name__)
PATH = "/ws/v1/stream"
POLICY = 1008


async def sockets(scope, receive, send):
    """The ASGI application for every websocket."""
    asked = _query(scope)
    if scope["path"] != PATH or asked is None:
        return await _refuse(receive, send, POLICY)
    try:
        listener = await _visitor(scope, asked.get("ticket"))
    except (*store.AWAY, redis.RedisError) as error:
        log.warning("socket_sign_in_away", error=type(error).__name__)
        return await _refuse(receive, send, TRY_LATER)
    if not _origin_allowed(scope, ticket="ticket" in asked):
        log.warning("socket_origin_refused", origin=_header(scope, b"origin")[:1])
        return await _refuse(receive, send, POLICY)
    if listener is None and "ticket" in asked:
        return await _refuse(receive, send, NOT_SIGNED_IN)
    return await Stream.as_asgi(listener=listener)(scope, receive, send)


def _query(scope) -> dict[str, str] | None:
    """The query, `ticket` once or nothing; None for any other. It is wiped, because servers log the address."""
    text = scope["query_string"].decode("latin1")
    scope["query_string"] = b""
    pairs = parse_qsl(text, keep_blank_values=True)
    return dict(pairs) if [name for name, _ in pairs] in ([], ["ticket"]) else None


async def _visitor(scope, ticket: str | None) -> Listener | None:
    """A ticket is used up by any try, also one from a foreign page."""
    if ticket is not None:
        listener = await tickets.redeem(ticket)
    else:
        listener = Listener(session=_session_key(scope))
    return await store.ask(people.recognise, listener) if listener else None


def _session_key(scope) -> str:
    cookies = parse_cookie("; ".join(_header(scope, b"cookie")))
    return cookies.get(settings.SESSION_COOKIE_NAME, "")


def _origin_allowed(scope, *, ticket: bool) -> bool:
    """Programs send no Origin; they come with a ticket. With a cookie it has to be there."""
    named = _header(scope, b"origin")
    return origin.is_ours(named[0]) if len(named) == 1 else not named and ticket


def _header(scope, name: bytes) -> list[str]:
    return [value.decode("latin1") for key, value in scope["headers"] if key.lower() == name]


async def _refuse(receive, send, code: int) -> None:
    await receive()
    await send({"type": "websocket.close", "code": code})
