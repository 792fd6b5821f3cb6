"""We → browser: a numbered event on a topic, kept in the transaction and published after it."""

import json

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from . import fast, scope

KEEP = """
WITH numbered AS (
    INSERT INTO core_streamtopic (topic, seq) VALUES (%(topic)s, 1)
    ON CONFLICT (topic) DO UPDATE SET seq = core_streamtopic.seq + 1 RETURNING topic, seq
), kept AS (
    INSERT INTO core_streamevent (topic, seq, type, data, organization_id)
    SELECT topic, seq, %(type)s, %(data)s, %(organization)s FROM numbered
)
SELECT seq FROM numbered
"""


def push(topic: str, type: str, **data) -> int:
    """Tell everyone who listens to `topic`. Returns its number. Small facts only: a page refetches what it shows.

    The topic's row stays locked until commit, so numbers appear in order and without gaps: push late in a transaction.
    """
    text = json.dumps(data, cls=DjangoJSONEncoder)
    values = {"topic": topic, "type": type, "data": text, "organization": scope.current().organization}
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)
        seq = cursor.fetchone()[0]
    frame = f'{{"topic": {json.dumps(topic)}, "seq": {seq}, "type": {json.dumps(type)}, "data": {text}}}'
    transaction.on_commit(lambda: publish(topic, frame))
    return seq


def publish(topic: str, frame: str) -> None:
    """Hand a frame to every process's hub. With Redis away it is not lost: heartbeats show clients the gap."""
    fast.hint("publish", lambda redis: redis.publish(channel(topic), frame))


def channel(topic: str) -> str:
    return f"{settings.REDIS_PREFIX}live:{topic}"
