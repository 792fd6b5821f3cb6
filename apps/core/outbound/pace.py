"""Keeps calls under a service's limit a minute, for all processes together: a token bucket in Redis, and while Redis
is away a slower pace of each process's own, so that calls go on and the limit still holds."""

import time
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)

# A second more than theirs, so that no minute of theirs ever holds one call too many.
MINUTE = 61.0
# Who would have to stand longer in the queue is sent away instead.
PATIENCE = 20.0
MICRO = 1_000_000
# How many processes may be calling at once while none knows of the others.
STRANGERS = 8

# For each bucket the moment at which it is full again, in microseconds on Redis' own clock. Answers how long to wait
# for all of them; whoever would have to wait longer than it is worth takes no place in any queue.
BUCKETS = """
local time = redis.call('TIME')
local now, wait, full = time[1] * 1000000 + time[2], 0, {}
for i, key in ipairs(KEYS) do
  full[i] = math.max(now, tonumber(redis.call('GET', key) or 0))
  wait = math.max(wait, full[i] - now - tonumber(ARGV[2 * i + 1]))
end
if wait <= tonumber(ARGV[1]) then
  for i, key in ipairs(KEYS) do
    local next = full[i] + tonumber(ARGV[2 * i])
    redis.call('SET', key, string.format('%.0f', next), 'PX', math.ceil((next - now) / 1000))
  end
end
return math.ceil(wait)
"""

# redis-py would try for seconds by itself; there is a fallback for that.
AT_ONCE = Retry(NoBackoff(), retries=1)

_redis: redis.Redis | None = None
_alone: dict[str, float] = {}
_lock = Lock()


class Bucket(NamedTuple):
    """A limit that all processes share: seconds between two calls, and how many may go at once after a rest."""

    name: str
    gap: float
    burst: int


def a_minute(name: str, per_minute: int) -> Bucket:
    """For limits that are counted by the minute."""
    return Bucket(name, *gap_and_burst(per_minute))


def an_even_stream(name: str, per_minute: int) -> Bucket:
    """For limits that are counted by the second: half a second's worth at once, so that calls which were late on the
    way and come together with those after them are still within a second's worth."""
    return Bucket(name, 60 / per_minute, per_minute // 120)


def wait(*, name: str, per_minute: int) -> float | None:
    """Sleeps until the next call for `name` may go and returns None, or returns at once the seconds until it is
    worth asking again where that is longer than anybody should sleep."""
    return wait_for(a_minute(name, per_minute))


def wait_for(*buckets: Bucket) -> float | None:
    """The same for a call that several limits count: one place in all queues, or in none."""
    try:
        seconds = _together(buckets)
    except redis.RedisError as error:
        log.warning("pace_without_redis", road=buckets[0].name, error=type(error).__name__)
        seconds = max(_by_myself(bucket) for bucket in buckets)
    if seconds > PATIENCE:
        return seconds
    time.sleep(seconds)
    return None


def gap_and_burst(per_minute: int) -> tuple[float, int]:
    """Seconds between two calls, and how many may go at once after a rest: a tenth of the minute's calls."""
    burst = per_minute // 10
    return MINUTE / max(1, per_minute - burst), burst


def _together(buckets: Sequence[Bucket]) -> float:
    keys = [f"{settings.REDIS_PREFIX}pace:{bucket.name}" for bucket in buckets]
    values = [MICRO * seconds for bucket in buckets for seconds in (bucket.gap, bucket.gap * bucket.burst)]
    return float(_client().eval(BUCKETS, len(keys), *keys, round(MICRO * PATIENCE), *map(round, values))) / MICRO


def _by_myself(bucket: Bucket) -> float:
    gap = STRANGERS * bucket.gap
    with _lock:
        now = time.monotonic()
        turn = max(now, _alone.get(bucket.name, 0.0))
        if turn - now <= PATIENCE:
            _alone[bucket.name] = turn + gap
        return turn - now


def _client() -> redis.Redis:
    global _redis
    if _redis is None:
        _redis = redis.Redis.from_url(
            settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=AT_ONCE
        )
    return _redis
