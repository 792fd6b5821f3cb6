"""Keeps calls under a service's limit a minute, for all processes together: a token bucket in Redis, and while Redis
is away a slower pace of each process's own, so that calls go on and the limit still holds."""

import time
from threading import Lock

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
# How many processes may be calling at once while none knows of the others.
STRANGERS = 8

# The moment at which the bucket is full again, in milliseconds on Redis' own clock. Answers how long to wait; whoever
# would have to wait longer than it is worth takes no place in the queue.
BUCKET = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local full = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0))
local wait = math.max(0, full - now - tonumber(ARGV[2]))
if wait <= tonumber(ARGV[3]) then
  redis.call('SET', KEYS[1], full + tonumber(ARGV[1]), 'PX', math.ceil(full + tonumber(ARGV[1]) - now))
end
return wait
"""

# redis-py would try for seconds by itself; there is a fallback for that.
AT_ONCE = Retry(NoBackoff(), retries=1)

_redis: redis.Redis | None = None
_alone: dict[str, float] = {}
_lock = Lock()


def wait(*, name: str, per_minute: int) -> float | None:
    """Sleeps until the next call for `name` may go and returns None, or returns at once the seconds until it is
    worth asking again where that is longer than anybody should sleep."""
    try:
        seconds = _together(name, per_minute)
    except redis.RedisError as error:
        log.warning("pace_without_redis", road=name, error=type(error).__name__)
        seconds = _by_myself(name, per_minute)
    if seconds > PATIENCE:
        return seconds
    time.sleep(seconds)
    return None


def gap_and_burst(per_minute: int) -> tuple[float, int]:
    """Seconds between two calls, and how many may go at once after a rest: a tenth of the minute's calls."""
    burst = per_minute // 10
    return MINUTE / max(1, per_minute - burst), burst


def _together(name: str, per_minute: int) -> float:
    gap, burst = gap_and_burst(per_minute)
    key = f"{settings.REDIS_PREFIX}pace:{name}"
    values = [round(1000 * gap), round(1000 * gap * burst), round(1000 * PATIENCE)]
    return float(_client().eval(BUCKET, 1, key, *values)) / 1000


def _by_myself(name: str, per_minute: int) -> float:
    gap = STRANGERS * MINUTE / per_minute
    with _lock:
        now = time.monotonic()
        turn = max(now, _alone.get(name, 0.0))
        if turn - now <= PATIENCE:
            _alone[name] = turn + gap
        return turn - now


def _client() -> redis.Redis:
    global _redis
    if _redis is None:
        _redis = redis.Redis.from_url(
            settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=1, retry=AT_ONCE
        )
    return _redis
