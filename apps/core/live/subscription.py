"""The process's one ear at Redis: a single pattern for all topics.

A pattern rather than a channel a topic: nothing has to be subscribed, confirmed and given up as sockets come and go,
and a frame nobody here listens to costs one look into a dict.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import redis
import redis.asyncio
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from apps.core.push import channel

log = structlog.get_logger(__name__)
QUIET_SECONDS = 20  # after that much silence Redis is asked whether it is still there
LONGEST_WAIT = 2.0  # seconds between tries to reach Redis


def connection(*, socket_timeout: float) -> redis.asyncio.Redis:
    """Without redis-py's own retries: they would wait for seconds, and subscribe again without a word."""
    return redis.asyncio.Redis.from_url(
        settings.LIVE_REDIS_URL, socket_timeout=socket_timeout, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )


async def heard() -> AsyncIterator[tuple[str, bytes] | None]:
    """(topic, frame) for ever; None each time the subscription stands: frames may have been missed before."""
    wait = 0.05
    while True:
        try:
            async for item in _heard_once():
                wait = 0.05
                yield item
        except (redis.RedisError, OSError) as error:
            log.warning("stream_away", error=type(error).__name__)
        await asyncio.sleep(wait)
        wait = min(LONGEST_WAIT, wait * 2)


async def _heard_once() -> AsyncIterator[tuple[str, bytes] | None]:
    """Until the connection breaks."""
    prefix = channel("")
    async with connection(socket_timeout=5) as client, contextlib.aclosing(client.pubsub()) as pubsub:
        await pubsub.psubscribe(f"{prefix}*")
        async for message in _messages(pubsub):
            if message["type"] == "psubscribe":
                yield None
            elif message["type"] == "pmessage":
                yield message["channel"].decode(errors="replace").removeprefix(prefix), message["data"]


async def _messages(pubsub) -> AsyncIterator[dict]:
    """`get_message` with a time of its own: redis-py's `socket_timeout` would end an idle subscription after 5 s."""
    asked = False
    while True:
        message = await pubsub.get_message(timeout=QUIET_SECONDS)
        if message is None and asked:
            raise redis.ConnectionError("no answer to a ping")
        if message is None:
            await pubsub.ping()
        else:
            yield message
        asked = message is None
