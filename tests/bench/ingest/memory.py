"""Peak memory of a cycle over many stores beside a cycle over one, each in a process of its own."""

from pathlib import Path

from reup.bench.bench import Bench
from reup.bench.child import run_apart
from reup.bench.ground import child_environment

from . import ours

ROWS = 4_000
STORES, TURNS = 100, 5  # five hundred stores' pages; to load five hundred stores first would take most of the time


def run(bench: Bench) -> None:
    stores = 4 if bench.quick else STORES
    one, all_ = peak(1), peak(stores)
    bench.goal(
        f"peak memory of reading {stores * TURNS} pages over reading one store's", all_ / one, at_most=1.5, reach=1.2
    )


def peak(stores: int) -> int:
    """Bytes that a worker had at most while it read so many stores: all rows new, then 1 % changed each turn."""
    return run_apart(__name__, str(stores), environment=child_environment())


def main(stores: str) -> int:
    """One tenant's page at each store: making pages must not be what is measured."""
    (first,) = ours.open_stores(1, ROWS, first=1_000 * int(stores))
    places = [first, *ours.more_stores(first, int(stores) - 1)]
    for _ in range(TURNS):
        page = first.body()
        for store in places:
            ours.sync(store, page)
        first.change(0.01)
    return _peak_of_this_process()


def _peak_of_this_process() -> int:
    """Since it was loaded; `getrusage` would count what its parent had."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
