"""One emulator: its world, its weather, the control surface, the counters where the vendor is asked about that world
(each on a port of its own), and the threads that serve and move them."""

import hmac
import logging
import random
import secrets
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial

from .clock import Clock
from .control import NOT_FOUND, Control
from .dutchie import Backoffice, Pos
from .faults import FAULTS, Call
from .metrc import Metrc
from .weather import Weather
from .wire import Answer, Counter, Request, as_json
from .world import World

log = logging.getLogger(__name__)
# Each plays one world. The first vendor fills it, moves it and speaks on the control page; the others ask about it too.
EMULATORS = {"dutchie": (Pos, Backoffice), "metrc": (Metrc,)}
TOKEN, FAULT = "x-control-token", "x-fault"  # request headers
IDLE = 30.0  # seconds between two looks while the drift is off


class Server:
    """A running emulator: `.url` (the first counter's), `.urls` (by vendor), `.token`, `.world`, `.reset()`, `.step()`,
    `.stop()`. `ports` are the counters', in their order; a missing one or 0 is a free one."""

    def __init__(self, *vendors, ports: Sequence[int], token: str, seed: int, drift: bool, frozen_at: datetime | None):
        self.vendor, self.vendors, self.token, self.seed = vendors[0], vendors, token, seed
        self._drift, self._frozen_at = drift, frozen_at
        self.stopping = threading.Event()
        self.world = World(clock=Clock(frozen_at=frozen_at), weather=Weather(words=FAULTS, seed=seed))
        self.control = Control(self)
        self.reset()
        self._counters = [
            Counter(partial(self.answer, vendor), port=port, stopping=self.stopping)
            for vendor, port in zip(vendors, [*ports, *[0] * len(vendors)], strict=False)
        ]
        self._mover = threading.Thread(target=self._move, daemon=True, name="sandbox-drift")

    @property
    def url(self) -> str:
        return self._counters[0].url

    @property
    def urls(self) -> dict[str, str]:
        return {vendor.name: counter.url for vendor, counter in zip(self.vendors, self._counters, strict=True)}

    def start(self) -> "Server":
        for counter in self._counters:
            counter.start()
        self._mover.start()
        return self

    def stop(self) -> None:
        for counter in self._counters:
            counter.stop()
        self._mover.join()

    def reset(self) -> None:
        """As on the first day: seed, clock, weather, journal and chance."""
        with self.world.lock:
            self.world.clock.run()
            if self._frozen_at:
                self.world.clock.freeze(self._frozen_at)
            for vendor in self.vendors:
                vendor.fill(self.world)
            self.world.patch({"settings": {"drift": self._drift}})
            self.world.weather.clear()
            self.world.journal.clear()
            self._chance = random.Random(self.seed)

    def step(self) -> list[str]:
        """Lets the world move once, now; tells what happened, a sentence each."""
        with self.world.lock:
            return self.vendor.drift(self.world, self._chance)

    def load_products(self, rows: list[dict], **how) -> list[int]:
        """Simple product rows become products and packages; see `dutchie.seed.load_products`."""
        return self.vendor.load_products(self.world, rows, **how)

    def knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.token.encode())

    def answer(self, vendor, request: Request) -> Answer:
        try:
            known = self.knows(request.headers.get(TOKEN, ""))
            if request.path.startswith("/_ctl/"):
                return self.control.answer(request, known=known)
            if request.path.startswith("/_ui/"):
                return self._by_people(vendor, request) if known else NOT_FOUND
            return self._dated(self._played(vendor, request, known=known))
        except Exception:
            log.exception("%s %s failed in the emulator", request.method, request.path)
            return as_json({"Message": "The emulator itself failed; its log says why."}, status=500)

    def _played(self, vendor, request: Request, *, known: bool) -> Answer:
        entry = self.world.journal.open(request, at=self.world.now())
        entry["auth"], entry["caller"] = vendor.caller(self.world, request)
        call = Call(request, vendor, self.world, self.stopping, entry)
        rule = self.world.weather.strike(method=request.method, path=request.path, caller=entry["caller"])
        word = rule.fault if rule else request.headers.get(FAULT) if known else None
        entry["fault"] = word if word in FAULTS else None
        behave = FAULTS.get(entry["fault"], Call.run)
        with vendor.counted(request):
            answer = behave(replace(call, seconds=rule.seconds if rule else None))
        entry["status"] = None if answer.lost else answer.status
        if answer.headers.get("Retry-After", "").isdigit():  # it may be a date, or no sense at all
            entry["retry_after"] = float(answer.headers["Retry-After"])
        return answer

    def _by_people(self, vendor, request: Request) -> Answer:
        """What somebody presses at the vendor's web site; no weather there."""
        entry = self.world.journal.open(request, at=self.world.now())
        with self.world.lock:
            answer = vendor.people(request)
        entry["status"], entry["committed"] = answer.status, answer.committed
        return answer

    def _dated(self, answer: Answer) -> Answer:
        skew = timedelta(seconds=self.world.setting("dateSkewSeconds") or 0)
        return replace(
            answer, headers={"Date": format_datetime(self.world.now() + skew, usegmt=True), **answer.headers}
        )

    def _move(self) -> None:
        while not self.stopping.wait(self._pause()):
            if self.world.setting("drift"):
                self.step()

    def _pause(self) -> float:
        if not self.world.setting("drift"):
            return IDLE
        shortest, longest = self.world.setting("driftSeconds")
        return random.uniform(shortest, longest)


def serve(
    *ports: int,
    emulator: str = "dutchie",
    token: str | None = None,
    seed: int = 1,
    drift: bool = False,
    frozen_at: datetime | None = None,
) -> Server:
    """Starts an emulator on 127.0.0.1 in threads of this process, its counters on these ports in their order; 0 or none
    is a free one. Without a token one is made. `frozen_at` stops its clock, so that two runs with one seed are alike to
    the byte."""
    vendors = [vendor() for vendor in EMULATORS[emulator]]
    made = token or secrets.token_urlsafe(16)
    return Server(*vendors, ports=ports, token=made, seed=seed, drift=drift, frozen_at=frozen_at).start()
