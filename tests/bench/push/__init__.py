"""One change told to 2,000 open sockets: until the last client has it, beside channels_redis and a bare broadcast."""

import asyncio
import resource
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial

import uvloop

from reup.bench.bench import Bench
from reup.bench.child import serving
from reup.bench.ground import child_environment
from reup.local.ports import reserved

from . import broadcast, groups, stream
from .clients import Crowd

PORT = 8911
PEER, LIMIT, CALM = "channels_redis groups", "websockets broadcast", "nobody stalled"
STALLED = 0.05
FILL = 120  # messages of 2 kB fill what lies between a server and a client that does not read


def run(bench: Bench) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    count = 300 if bench.quick else 2_000
    with closing(uvloop.new_event_loop()) as loop, ExitStack() as stack:
        tell = {
            name: partial(_round, loop, stack.enter_context(_crowd(loop, module, PORT + number, count, stalled)))
            for number, (name, module, stalled) in enumerate(
                [("reup", stream, 0), (PEER, groups, 0), (LIMIT, broadcast, 0), ("stalled", stream, STALLED)]
            )
        }
        _measure(bench, tell, count)


def _measure(bench: Bench, tell: dict[str, Callable[[], float]], count: int) -> None:
    rounds, bench.rounds = bench.rounds, max(bench.rounds, 9)
    size = f"{count:,} sockets"
    fair = bench.case(
        name="one change, last client",
        size=size,
        unit="s",
        itself=True,
        reup=tell["reup"],
        peers={PEER: tell[PEER]},
        limit={LIMIT: tell[LIMIT]},
        share=0.5,
    )
    stalled = bench.case(
        name="5 % of the clients do not read",
        size=size,
        unit="s",
        itself=True,
        reup=tell["stalled"],
        peers={CALM: tell["reup"]},
    )
    bench.rounds = rounds
    bench.goal("last of the sockets, beside channels_redis groups", fair.times(PEER), at_least=6, reach=14)
    bench.goal("the same, times a bare websockets broadcast", 1 / fair.times(LIMIT), at_most=3, reach=1.3)
    bench.goal("5 % of the clients not reading, times none of them", 1 / stalled.times(CALM), at_most=1.5, reach=1.2)
    bench.goal("frames that a reading client missed", float(Crowd.missed), at_most=0, reach=0)


def _crowd(loop, module, port: int, count: int, stalled: float):
    """Clients of a server of the module; they leave, and it ends, with the stack."""
    return _Crowd(loop, module, port, count, stalled)


class _Crowd:
    def __init__(self, loop, module, port: int, count: int, stalled: float):
        self.loop, self.module, self.stack = loop, module, ExitStack()
        self.port, self.count, self.stalled = port, count, stalled

    def __enter__(self) -> tuple:
        port = self.stack.enter_context(reserved(self.port, only=True))
        self.stack.enter_context(serving(self.module.__name__, port, environment=child_environment()))
        sender = self.module.Sender()
        crowd = Crowd(self.loop, port, sender.hello)
        self.loop.run_until_complete(crowd.come(self.count))
        self.stack.callback(crowd.leave)
        if self.stalled:
            crowd.stop_reading(round(self.count * self.stalled))
            for _ in range(FILL):
                self.loop.run_until_complete(crowd.hear(partial(sender.tell, filler="x" * 2_000)))
        return crowd, sender

    def __exit__(self, *_) -> None:
        self.stack.close()


def _round(loop: asyncio.AbstractEventLoop, crowd_and_sender: tuple) -> float:
    """Seconds from telling until the last reading client has it."""
    crowd, sender = crowd_and_sender
    return loop.run_until_complete(crowd.hear(sender.tell))
