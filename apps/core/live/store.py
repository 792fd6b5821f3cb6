"""The sockets' way to PostgreSQL: a few threads of their own; a slow query holds up neither pages nor frames."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.db import database_sync_to_async
from django.db import InterfaceError, OperationalError

from apps.core.models import StreamEvent, StreamTopic
from apps.core.scope import scope

from .frames import Frame

AWAY = (OperationalError, InterfaceError)
PAGE = 100  # events read at once
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


async def ask(question: Callable, *arguments) -> Any:
    """Run `question` in one of the threads; connections live as long as the pages' do."""
    return await database_sync_to_async(question, thread_sensitive=False, executor=_threads)(*arguments)


def latest(topics: Iterable[str]) -> dict[str, int]:
    """The last number given out on each; 0 where nothing was ever told."""
    topics = list(topics)
    known = dict(StreamTopic.objects.filter(pk__in=topics).values_list("topic", "seq"))
    return {topic: known.get(topic, 0) for topic in topics}


def after(topic: str, seq: int) -> list[Frame]:
    """The next events in order, a page at most. Whoever asks has been admitted to the topic by its owner."""
    with scope(everyone="the stream reads what was told on an admitted topic"):
        rows = StreamEvent.objects.filter(topic=topic, seq__gt=seq).order_by("seq")[:PAGE]
        return [Frame(row.topic, row.seq, row.type, row.data) for row in rows]


class Shared:
    """Reads of the same page at the same time are one read: after an outage everybody asks for the same thing."""

    def __init__(self):
        self._running: dict[tuple[str, int], asyncio.Future] = {}

    async def after(self, topic: str, seq: int) -> list[Frame]:
        key = (topic, seq)
        if key not in self._running:
            self._running[key] = asyncio.ensure_future(ask(after, topic, seq))
            self._running[key].add_done_callback(lambda _: self._running.pop(key))
        return await asyncio.shield(self._running[key])
