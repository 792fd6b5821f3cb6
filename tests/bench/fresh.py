"""From Dutchie's hint to the frame in a signed-in socket, while 50 other stores are being synced."""

import itertools
import json
import statistics
import threading
import time
from contextlib import ExitStack

from django.conf import settings
from django.db import connections
from websockets.sync.client import ClientConnection, connect

from apps import sandbox
from apps.catalog import actions
from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import everyone
from reup.bench.bench import Bench
from reup.bench.child import serving
from reup.bench.ground import child_environment
from reup.local.ports import reserved
from tests import make
from tests.bench.push import stream

PORT = 8921
KEY = "pos-northlight-holland"  # as the emulator's first day knows it
OFTEN = 100_000  # calls a minute
PATIENCE = 20  # seconds for a frame


def run(bench: Bench) -> None:
    crowd, hints = (10, 20) if bench.quick else (50, 200)
    with ExitStack() as stack:
        emulator = sandbox.serve()
        stack.callback(emulator.stop)
        _lead_to(emulator)
        sender = stream.Sender()
        place = _watched(sender)
        stack.enter_context(_others_syncing(emulator, crowd))
        port = stack.enter_context(reserved(PORT, only=True))
        stack.enter_context(serving(stream.__name__, port, environment=child_environment()))
        socket = stack.enter_context(_listening(port, sender))
        rounds, bench.rounds = bench.rounds, hints
        result = bench.case(
            name="hint to frame",
            size=f"{crowd} stores syncing",
            unit="s",
            itself=True,
            reup=lambda: _once(emulator, place, socket),
        )
        bench.rounds = rounds
    times = sorted(result.figures["reup"].values)
    bench.note(f"median {statistics.median(times):.3f} s over {len(times)} hints")
    p99 = times[min(len(times) - 1, round(0.99 * len(times)))]
    bench.goal("hint to frame, 99th percentile, seconds", p99, at_most=1.0, reach=0.25)


def _lead_to(emulator) -> None:
    """The emulated POS is the one that is asked, as often as this takes: all stores share one key here."""
    settings.DUTCHIE_POS_URL, settings.OUTBOUND_ALLOW = emulator.url, ("127.0.0.1", "localhost")
    settings.DUTCHIE_PER_MINUTE = OFTEN
    paths = ("/reporting/inventory", "/reporting/products")
    emulator.world.patch({"settings": {"limits": dict.fromkeys(paths, OFTEN)}})


def hint(place) -> None:
    """What the signed webhook does once its signature is checked."""
    with everyone("bench"):
        actions.enqueue_sync(location=place, trigger="webhook")


def _watched(sender: stream.Sender):
    """The location the client listens to, with the emulator's key, read once."""
    make.credential(location=sender.place, key=KEY)
    sender.place.dutchie_lsp, sender.place.dutchie_loc = 822, 4101
    with everyone("bench"):
        sender.place.save()
    hint(sender.place)
    jobs.drain("sync")
    return sender.place


def _others_syncing(emulator, count: int):
    """Workers, and stores that are asked for again as soon as they were read."""
    places = [make.location(lsp=822, loc=900_000 + number, key=KEY) for number in range(count)]
    return _Busy(places)


class _Busy:
    """Two workers on the queue, as many as the web's machine has; the stores go round."""

    def __init__(self, places: list):
        self.places, self.ends = places, threading.Event()
        self.threads = [threading.Thread(target=self._work) for _ in range(2)]
        self.threads.append(threading.Thread(target=self._ask))

    def __enter__(self) -> None:
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_) -> None:
        self.ends.set()
        for thread in self.threads:
            thread.join()

    def _work(self) -> None:
        while not self.ends.is_set():
            if not jobs.drain("sync", seconds=1):
                time.sleep(0.005)
        connections.close_all()

    def _ask(self) -> None:
        """Fifty stores every fifteen minutes would be one in 18 s; here one is always waiting."""
        for place in itertools.cycle(self.places):
            if self.ends.wait(0.02):
                break
            with everyone("bench"):
                waiting = Job.objects.filter(queue="sync", state=Job.State.READY).count()
                if waiting < 1:
                    actions.enqueue_sync(location=place, trigger="schedule")
        connections.close_all()


def _listening(port: int, sender: stream.Sender) -> ClientConnection:
    hello, headers = sender.hello
    url = f"ws://127.0.0.1:{port}/ws/v1/stream"
    socket = connect(url, origin=f"http://127.0.0.1:{port}", additional_headers=headers, compression=None)
    socket.send(hello)
    if json.loads(socket.recv(timeout=PATIENCE))["type"] != "subscribed":
        raise RuntimeError("The client may not hear the location's topic.")
    return socket


def _once(emulator, place, socket: ClientConnection) -> float:
    """Change a package in Dutchie's world, send the hint, wait for the frame."""
    rows = emulator.world.dump()["inventory"]
    key, row = next(
        (key, row) for key, row in rows.items() if row["_locationId"] == 4101 and row["packageStatus"] == "Active"
    )
    emulator.world.change("inventory", key, quantityAvailable=(row["quantityAvailable"] or 0) % 50 + 1)
    began = time.perf_counter()
    hint(place)
    while json.loads(socket.recv(timeout=PATIENCE))["type"] != "stock.changed":
        pass
    return time.perf_counter() - began
