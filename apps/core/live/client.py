"""One socket's listener: where it stands on each topic, and the one task that writes to it.

Nobody waits for a client. What it can't take now is not kept for it: it is marked behind, and when it reads again its
own task reads the event table. So a slow reader costs a few frames of memory, and nobody else a millisecond.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from . import frames
from .people import Listener
from .store import AWAY, Shared

log = structlog.get_logger(__name__)
ROOM = 32  # frames that wait for one client
MOST = 500  # events a client is brought up to date with; from there on, fetching anew is cheaper
OPENING = -1


@dataclass(slots=True)
class Place:
    """`seq` is the last number handed to the client, `latest` the last one heard of; behind while they differ."""

    seq: int = OPENING
    latest: int = 0

    @property
    def behind(self) -> bool:
        return self.seq != OPENING and self.latest > self.seq


class Client:
    """Its topics are inner names (frames.inner)."""

    def __init__(self, send: Callable[[dict], Awaitable], listener: Listener, shared: Shared):
        self.listener = listener
        self.places: dict[str, Place] = {}
        self.sending_since: float | None = None
        self.sure_at = _now()  # when its rights were last known
        self._send = send
        self._shared = shared
        self._waiting: deque[tuple[str, dict]] = deque()
        self._beat: dict[str, int] | None = None
        self._wake = asyncio.Event()

    # --- told by the hub and the consumer; none of these waits

    def offer(self, topic: str, seq: int, message: dict) -> None:
        """A frame from Redis. It is queued when it is the very next one and there is room; else the table is read."""
        place = self.places.get(topic)
        if place is None or seq <= place.latest:
            return
        place.latest = seq
        if seq == place.seq + 1 and len(self._waiting) < ROOM:
            place.seq = seq
            self._waiting.append((topic, message))
        self._wake.set()

    def compare(self, latest: dict[str, int], *, beat: bool) -> None:
        """With the table's numbers; a `beat` says them too, once the client has everything up to them."""
        mine = {topic: latest[topic] for topic in self.places if topic in latest}
        for topic, seq in mine.items():
            self.places[topic].latest = max(self.places[topic].latest, seq)
        if beat:
            self._beat = mine
        self._wake.set()

    def say(self, message: dict, topic: str = "") -> None:
        self._waiting.append((topic, message))
        self._wake.set()

    def open(self, topic: str) -> None:
        """From now on what is heard on the topic is noted; nothing is sent before `start`."""
        self.drop(topic)
        self.places[topic] = Place()

    def start(self, topic: str, last: int | None, latest: int) -> None:
        """Frames from `last` on; from now on where `last` is None or too far from the `latest` number."""
        place = self.places[topic]
        place.latest = max(place.latest, latest)
        fillable = last is not None and 0 <= place.latest - last <= MOST
        place.seq = last if fillable else place.latest
        self.say(frames.subscribed(topic, place.seq), topic)
        if last is not None and not fillable:
            self.say(frames.reset(topic, place.seq), topic)

    def drop(self, topic: str) -> None:
        """Nothing of the topic is sent any more, what waits included."""
        if self.places.pop(topic, None):
            self._waiting = deque(item for item in self._waiting if item[0] != topic)

    # --- the client's own task

    async def write(self) -> None:
        """Until cancelled, or until the socket is gone."""
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                await self._write_all()
        except (OSError, RuntimeError) as error:  # how servers say that the other side has left
            log.debug("socket_left", error=type(error).__name__)

    async def _write_all(self) -> None:
        """What waits; then what it is behind with; then the beat that was due."""
        while True:
            while self._waiting:
                self.sending_since = _now()
                await self._send(self._waiting.popleft()[1])
                self.sending_since = None
            if behind := [topic for topic, place in self.places.items() if place.behind]:
                await self._catch_up(behind[0])
            elif self._beat is not None:
                seqs, self._beat = self._beat, None
                self.say(frames.heartbeat({topic: seq for topic, seq in seqs.items() if topic in self.places}))
            else:
                return

    async def _catch_up(self, topic: str) -> None:
        place = self.places[topic]
        try:
            missed = [] if place.latest - place.seq > MOST else await self._shared.after(topic, place.seq)
        except AWAY as error:
            log.warning("catch_up_failed", topic=topic, error=type(error).__name__)
            place.latest = place.seq  # the next frame or heartbeat says again that it is behind
            return
        if place is not self.places.get(topic):  # unsubscribed meanwhile
            return
        if not missed or missed[0].seq != place.seq + 1:
            place.seq = place.latest
            self.say(frames.reset(topic, place.seq), topic)
            return
        for frame in missed:
            self.say(frames.event(frame), topic)
        place.seq = missed[-1].seq
        place.latest = max(place.latest, place.seq)


def _now() -> float:
    return asyncio.get_running_loop().time()
