"""Peak memory of a cycle over many stores beside a cycle over one, each in a process of its own."""

from pathlib import Path

from reup.bench.bench import Bench
from reup.bench.child import run_apart
from reup.bench.ground import child_environment

from . import ours

ROWS = 4_000


def run(bench: Bench) -> None:
    many = 20 if bench.quick else 500
    one, all_ = peak(1), peak(many)
    bench.goal(f"peak memory of a {many}-store cycle over one store's", all_ / one, at_most=1.5, reach=1.2)


def peak(stores: int) -> int:
    """Bytes that a worker had at most while it read so many stores, twice: all rows new, and 1 % of them changed."""
    return run_apart(__name__, str(stores), environment=child_environment())


def main(stores: str) -> int:
    """One tenant's page over and over, at a new location each time: making pages must not be what is measured."""
    (first,) = ours.open_stores(1, ROWS, first=1_000 * int(stores))
    pages = [first.body()]
    first.change(0.01)
    pages.append(first.body())
    for store in [first, *ours.more_stores(first, int(stores) - 1)]:
        for page in pages:
            ours.sync(store, page)
    return _peak_of_this_process()


def _peak_of_this_process() -> int:
    """Since it was loaded; `getrusage` would count what its parent had."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) * 1024
