"""Redis for callers who can't wait for it: half a second and no second try; after a failure nobody asks for a while.

What is sent this way is a hint (wake up, look again), and what is kept there can be made again. The truth is in
PostgreSQL, and a sweep or a heartbeat finds it.
"""

import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
WAIT_SECONDS = 0.5
QUIET_SECONDS = 5
Answer = TypeVar("Answer")
_quiet_until = 0.0


def hint(what: str, send: Callable[[redis.Redis], object]) -> bool:
    """Send a hint; whether it was sent. A Redis that is away is said once, not waited for, and never raises."""
    return _tried(what, lambda: send(client())) is not None


def ask(what: str, question: Callable[[redis.Redis], Answer]) -> Answer | None:
    """What is kept under Django's own cache number says; None where it says nothing, or is away as in `hint`."""
    found = _tried(what, lambda: question(_client(settings.CACHES["default"]["LOCATION"])))
    return found[0] if found else None


def client() -> redis.Redis:
    return _client(settings.LIVE_REDIS_URL)


def _tried(what: str, call: Callable[[], Answer]) -> tuple[Answer] | None:
    """What the call answered, in a tuple; None where Redis is away."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return None
    try:
        return (call(),)
    except Exception as error:  # whatever Redis's or the broker's client raises, the caller's work is done
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("hint_not_sent", hint=what, error=type(error).__name__)
        return None


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url,
        socket_timeout=WAIT_SECONDS,
        socket_connect_timeout=WAIT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
