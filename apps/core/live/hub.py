"""The process's hub: who listens to what. It hands frames out, beats, and looks after rights and stuck sockets.

It runs while there are clients, on their event loop.
"""

import asyncio
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings

from . import frames, people, store, subscription
from .client import Client

log = structlog.get_logger(__name__)
BEATS_STUCK = 2  # a client that has taken nothing for so many beats is let go
BEATS_A_ROUND = 0.8  # in which everybody's rights are asked again: within a beat of 15 s they are gone
BEATS_UNSURE = 4  # with the database away, rights are taken on trust for so long
NOT_SIGNED_IN, TOO_SLOW, TRY_LATER = 4401, 4408, 1013


class Hub:
    def __init__(self):
        self.shared = store.Shared()
        self._ends: dict[Client, Callable[[int], None]] = {}
        self._rooms: dict[str, set[Client]] = {}
        self._tasks: list[asyncio.Task] = []

    # --- clients come and go

    def join(self, client: Client, end: Callable[[int], None]) -> None:
        """`end(code)` closes the client's socket."""
        self._ends[client] = end
        if not self._tasks:
            self._tasks = [
                asyncio.create_task(self._listen()),
                asyncio.create_task(_for_ever(self._beat)),
                asyncio.create_task(_for_ever(self._check)),
            ]

    def leave(self, client: Client) -> None:
        self._ends.pop(client, None)
        for topic in list(client.places):
            self.unlisten(client, topic)
        if not self._ends:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def listen(self, client: Client, topic: str) -> None:
        client.open(topic)
        self._rooms.setdefault(topic, set()).add(client)

    def unlisten(self, client: Client, topic: str) -> None:
        client.drop(topic)
        room = self._rooms.get(topic, set())
        room.discard(client)
        if not room:
            self._rooms.pop(topic, None)

    # --- from Redis to clients

    async def _listen(self) -> None:
        async for item in subscription.heard():
            if item is None:
                await _carefully(self._compare)
            else:
                self._hand_out(*item)

    def _hand_out(self, topic: str, text: bytes) -> None:
        room = self._rooms.get(topic)
        if not room:
            return
        try:
            frame = frames.read_frame(text)
        except ValueError:
            log.warning("frame_unreadable", topic=topic)
            return
        message = frames.event(frame)
        for client in room:
            client.offer(topic, frame.seq, message)

    # --- the beat

    async def _beat(self) -> None:
        await asyncio.sleep(settings.LIVE_BEAT_SECONDS)
        self._let_stuck_go()
        await self._compare(beat=True)

    async def _compare(self, *, beat: bool = False) -> None:
        """One query for all topics in use; a publish that was lost shows here."""
        latest = await store.ask(store.latest, list(self._rooms))
        for client in self._ends:
            client.compare(latest, beat=beat)

    def _let_stuck_go(self) -> None:
        longest = BEATS_STUCK * settings.LIVE_BEAT_SECONDS
        now = asyncio.get_running_loop().time()
        for client, end in list(self._ends.items()):
            if client.sending_since is not None and now - client.sending_since > longest:
                end(TOO_SLOW)

    # --- rights, asked again

    async def _check(self) -> None:
        """One round: each listener once for all their sockets, evenly over the round; a burst would delay frames."""
        sockets: dict[people.Listener, list[Client]] = {}
        for client in self._ends:
            sockets.setdefault(client.listener, []).append(client)
        pause = BEATS_A_ROUND * settings.LIVE_BEAT_SECONDS / (len(sockets) + 1)
        await asyncio.sleep(pause)
        for listener, clients in sockets.items():
            await self._check_one(listener, clients)
            await asyncio.sleep(pause)

    async def _check_one(self, listener: people.Listener, clients: list[Client]) -> None:
        asked = {topic for client in clients for topic in client.places}
        try:
            allowed = await store.ask(people.admitted, listener, asked)
        except store.AWAY:
            self._let_unsure_go(clients)
            return
        for client in clients:
            client.sure_at = asyncio.get_running_loop().time()
            if allowed is None:
                self._end(client, NOT_SIGNED_IN)
                continue
            for topic in (asked - allowed) & client.places.keys():
                self.unlisten(client, topic)
                client.say(frames.refused(topic))

    def _let_unsure_go(self, clients: list[Client]) -> None:
        longest = BEATS_UNSURE * settings.LIVE_BEAT_SECONDS
        for client in clients:
            if asyncio.get_running_loop().time() - client.sure_at > longest:
                self._end(client, TRY_LATER)

    def _end(self, client: Client, code: int) -> None:
        if end := self._ends.get(client):
            end(code)


async def _for_ever(act: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _carefully(act)


async def _carefully(act: Callable[[], Awaitable[None]]) -> None:
    """A beat that fails is missed; the next one comes."""
    try:
        await act()
    except store.AWAY as error:
        log.warning("beat_missed", error=type(error).__name__)
    except Exception:
        log.exception("beat_broken")
        await asyncio.sleep(1)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """This event loop's; a server process has one."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
