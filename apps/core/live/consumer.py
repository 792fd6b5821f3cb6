"""One socket's protocol: what the client asks, and how the socket ends."""

import asyncio
import contextlib
from collections import deque

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.utils.translation import gettext as _

from . import frames, people, store
from .client import Client
from .hub import NOT_SIGNED_IN, TRY_LATER, Hub, hub
from .people import Listener

log = structlog.get_logger(__name__)
A_SECOND = 10  # messages
PATIENCE = 10  # seconds for a stuck client to take its close frame
NOT_TEXT, TOO_BIG, BROKEN = 1003, 1009, 1011


class Stream(AsyncWebsocketConsumer):
    """For a recognised listener; without one it opens and closes with 4401."""

    def __init__(self, listener: Listener | None):
        super().__init__()
        self.listener = listener
        self.hub: Hub = hub()
        self.client: Client | None = None
        self.writer: asyncio.Task | None = None
        self.closer: asyncio.Task | None = None
        self.times: deque[float] = deque(maxlen=A_SECOND)

    async def __call__(self, scope, receive, send):
        self.task = asyncio.current_task()
        try:
            await super().__call__(scope, receive, send)
        except asyncio.CancelledError:
            if not self.closer:
                raise
        finally:
            self._leave()

    async def connect(self):
        await self.accept()
        if self.listener is None:
            await self.close(NOT_SIGNED_IN)
            return
        self.client = Client(self.base_send, self.listener, self.hub.shared)
        self.writer = asyncio.create_task(self.client.write())
        self.writer.add_done_callback(self._written)
        self.hub.join(self.client, self.end)

    async def disconnect(self, code):
        self._leave()

    async def receive(self, text_data=None, bytes_data=None):
        if self.client is None or self.closer:
            return
        if text_data is None or len(text_data) > frames.MAX_BYTES:
            self.end(NOT_TEXT if text_data is None else TOO_BIG)
            return
        await self._pace()
        try:
            ask = frames.read_ask(text_data)
        except frames.Malformed as error:
            self.client.say(frames.error("malformed", str(error)))
            return
        self._unsubscribe(ask.unsubscribe)
        await self._subscribe(ask.subscribe)

    def end(self, code: int) -> None:
        """Stop writing and close; a socket too stuck to take the close frame is given up."""
        if self.closer:
            return
        log.info("socket_closed", code=code, user=self.listener.user)
        self._leave()
        self.closer = asyncio.create_task(self._close(code))

    def _written(self, writer: asyncio.Task) -> None:
        if not writer.cancelled() and (error := writer.exception()):
            log.error("socket_broken", exc_info=error)
            self.end(BROKEN)

    async def _close(self, code: int) -> None:
        with contextlib.suppress(TimeoutError, OSError, RuntimeError):
            async with asyncio.timeout(PATIENCE):
                await self.base_send({"type": "websocket.close", "code": code})
                return
        self.task.cancel()

    def _leave(self) -> None:
        if self.client:
            self.hub.leave(self.client)
            self.writer.cancel()

    async def _pace(self) -> None:
        """Ten messages a second: the eleventh waits, and with it the reading from its socket."""
        clock = asyncio.get_running_loop().time
        if len(self.times) == A_SECOND:
            await asyncio.sleep(max(0, self.times[0] + 1 - clock()))
        self.times.append(clock())

    def _unsubscribe(self, names: list[str]) -> None:
        for name in names:
            self.hub.unlisten(self.client, frames.inner(name, self.listener.user) or "")

    async def _subscribe(self, asked: dict[str, int | None]) -> None:
        wanted = {topic: last for name, last in asked.items() if (topic := self._inner(name)) is not None}
        if len(self.client.places.keys() | wanted) > frames.MAX_TOPICS:
            detail = _("A socket takes %(most)d topics.") % {"most": frames.MAX_TOPICS}
            self.client.say(frames.error("too-many-topics", detail))
            return
        for topic in wanted:  # noted first, then the table is read: nothing told in between is missed
            self.hub.listen(self.client, topic)
        try:
            numbers = await store.ask(_admit, self.listener, list(wanted))
        except store.AWAY as error:
            log.warning("subscribe_failed", error=type(error).__name__)
            self.end(TRY_LATER)
            return
        if not self.closer:
            self._answer(wanted, numbers)

    def _inner(self, name: str) -> str | None:
        topic = frames.inner(name, self.listener.user)
        if topic is None:
            self.client.say(frames.said({"type": "refused", "topic": name}))
        return topic

    def _answer(self, wanted: dict[str, int | None], numbers: dict[str, int] | None) -> None:
        if numbers is None:
            self.end(NOT_SIGNED_IN)
            return
        for topic, last in wanted.items():
            if topic in numbers and topic in self.client.places:
                self.client.start(topic, last, numbers[topic])
            else:
                self.hub.unlisten(self.client, topic)
                self.client.say(frames.refused(topic))


def _admit(listener: Listener, topics: list[str]) -> dict[str, int] | None:
    """The latest number of each topic the listener may hear; None when no longer signed in."""
    allowed = people.admitted(listener, topics)
    return None if allowed is None else store.latest(allowed)
