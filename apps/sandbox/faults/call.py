"""One call that met a fault, and what a fault needs of the emulator it strikes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from apps.sandbox.wire import Answer, Request
from apps.sandbox.world import View, World


class Vendor(Protocol):
    """How an emulator answers, and what its rows call their key, prices and quantity."""

    id_fields: tuple[str, ...]  # the first of these that a row has is its key
    price_fields: tuple[str, ...]
    quantity_field: str

    def answer(self, view: View, request: Request) -> Answer: ...
    def refuse(self, status: int) -> Answer: ...


@dataclass(frozen=True)
class Call:
    """`run` lets the vendor act and answer; the journal's entry learns at that moment whether the world changed."""

    request: Request
    vendor: Vendor
    world: World
    stopping: threading.Event
    entry: dict
    seconds: float | None = None

    def run(self, view: View | None = None) -> Answer:
        with self.world.lock:
            answer = self.vendor.answer(view or self.world, self.request)
        self.entry["committed"] |= answer.committed
        return answer

    def how_long(self, usual: float) -> float:
        return usual if self.seconds is None else self.seconds

    def wait(self, usual: float) -> None:
        self.stopping.wait(self.how_long(usual))


Fault = Callable[[Call], Answer]
