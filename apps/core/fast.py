"""Redis for callers who can't wait for it: half a second and no second try; after a failure nobody asks for a while.

What is sent this way is a hint (wake up, look again). The truth is in PostgreSQL and a sweep or a heartbeat finds it.
"""

import time
from collections.abc import Callable

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
WAIT_SECONDS = 0.5
QUIET_SECONDS = 5
_client: redis.Redis | None = None
_quiet_until = 0.0


def hint(what: str, send: Callable[[redis.Redis], object]) -> bool:
    """Send a hint; whether it was sent. A Redis that is away is said once, not waited for, and never raises."""
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return False
    try:
        send(client())
    except Exception as error:  # whatever Redis's or the broker's client raises, the caller's work is done
        _quiet_until = time.monotonic() + QUIET_SECONDS
        log.warning("hint_not_sent", hint=what, error=type(error).__name__)
        return False
    return True


def client() -> redis.Redis:
    global _client
    if _client is None:
        _client = redis.Redis.from_url(
            settings.LIVE_REDIS_URL,
            socket_timeout=WAIT_SECONDS,
            socket_connect_timeout=WAIT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
    return _client
