"""We → browser: a numbered event on a topic, kept in the transaction and published after it."""

import json

import redis
import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from . import scope

log = structlog.get_logger(__name__)
NUMBER = """
INSERT INTO core_streamtopic (topic, seq) VALUES (%s, 1)
ON CONFLICT (topic) DO UPDATE SET seq = core_streamtopic.seq + 1 RETURNING seq
"""
KEEP = "INSERT INTO core_streamevent (topic, seq, type, data, organization_id) VALUES (%s, %s, %s, %s, %s)"
_redis: redis.Redis | None = None


def push(topic: str, type: str, **data) -> int:
    """Tell everyone who listens to `topic`. Returns its number. Small facts only: a page refetches what it shows.

    The topic's row stays locked until commit, so numbers appear in order and without gaps: push late in a transaction.
    """
    text = json.dumps(data, cls=DjangoJSONEncoder)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NUMBER, [topic])
        seq = cursor.fetchone()[0]
        cursor.execute(KEEP, [topic, seq, type, text, scope.current().organization])
    frame = f'{{"topic": {json.dumps(topic)}, "seq": {seq}, "type": {json.dumps(type)}, "data": {text}}}'
    transaction.on_commit(lambda: publish(topic, frame))
    return seq


def publish(topic: str, frame: str) -> None:
    """Hand a frame to every process's hub. With Redis away it is not lost: heartbeats show clients the gap."""
    try:
        _client().publish(channel(topic), frame)
    except redis.RedisError as error:
        log.warning("publish_failed", topic=topic, error=type(error).__name__)


def channel(topic: str) -> str:
    return f"{settings.REDIS_PREFIX}live:{topic}"


def _client() -> redis.Redis:
    global _redis
    if _redis is None:
        _redis = redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=2, socket_connect_timeout=1)
    return _redis
