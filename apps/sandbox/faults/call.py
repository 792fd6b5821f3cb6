"""One call that met a fault, and what a fault needs of the emulator it strikes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from apps.sandbox.wire import Answer, Request
from apps.sandbox.world import View, World


class Vendor(Protocol):
    """How an emulator answers, what its rows call their key, prices and quantity, and where its lists and pages are."""

    id_fields: tuple[str, ...]  # the first of these that a row has is its key
    price_fields: tuple[str, ...]
    quantity_field: str
    stumble: str

    def answer(self, view: View, request: Request) -> Answer: ...
    def refuse(self, status: int) -> Answer: ...

    def list_in(self, payload) -> list | None:
        """The list inside an answer; None when it has none."""

    def with_list(self, payload, rows):
        """The same answer with other rows."""

    def start_of(self, request: Request) -> int | None:
        """How many rows the question skips; None when it asks for no page."""

    def from_start(self, request: Request, start: int | None) -> Request:
        """The same question from another row on; None asks for no page."""


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
