"""Contestants take turns, round after round, so that whatever else the machine does meets them all."""

import gc
import math
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Contestant = Callable[[], float | None]  # does the work once; returns how much it was, or the figure itself
SECONDS = "s"


@dataclass(frozen=True)
class Figure:
    """Median and 95th percentile (nearest rank) of what one contestant's rounds gave, in `unit`."""

    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """Of the bad end: the slow rounds."""
        ordered = sorted(self.values, reverse=self.unit != SECONDS)
        return ordered[math.ceil(0.95 * len(ordered)) - 1]

    def document(self) -> dict:
        return {"median": plain(self.median), "p95": plain(self.p95), "unit": self.unit}


def plain(value: float) -> float:
    """Five digits say it."""
    return float(f"{value:.5g}")


@dataclass
class Case:
    """Who competes at what. `unit` is "s", less is better, or an amount a second such as "rows/s", more is better.

    With `itself` a contestant returns its own figure, for what a clock around it would not measure.
    """

    name: str
    size: str
    unit: str
    reup: Contestant
    peers: Mapping[str, Contestant] = field(default_factory=dict)
    limit: Mapping[str, Contestant] = field(default_factory=dict)
    before: Callable[[], None] = lambda: None
    itself: bool = False

    def contestants(self) -> dict[str, Contestant]:
        return {"reup": self.reup, **self.peers, **self.limit}


class Result:
    """A case's figures by contestant."""

    def __init__(self, case: Case, figures: dict[str, Figure]):
        self.case, self.figures = case, figures

    def times(self, other: str) -> float:
        """How many times better ReUp is than `other`; against a limit, the share of it that ReUp reaches."""
        ours, theirs = self.figures["reup"].median, self.figures[other].median
        return theirs / ours if self.case.unit == SECONDS else ours / theirs

    def document(self) -> dict:
        others = {name: figure.document() for name, figure in self.figures.items() if name != "reup"}
        ratios = {name: plain(self.times(name)) for name in others if name in self.case.peers}
        if self.case.limit:
            ratios["limit"] = plain(self.times(next(iter(self.case.limit))))
        return {
            "case": self.case.name,
            "size": self.case.size,
            "reup": self.figures["reup"].document(),
            "peers": {name: figure for name, figure in others.items() if name in self.case.peers},
            "limit": {name: figure for name, figure in others.items() if name in self.case.limit},
            "ratios": ratios,
        }


def take_turns(case: Case, rounds: int, *, until: float = math.inf) -> Result:
    """`rounds` for each contestant, the order turning by one; after the moment `until` no further round begins."""
    contestants = list(case.contestants().items())
    values: dict[str, list[float]] = {name: [] for name, _ in contestants}
    for number in range(rounds):
        if number and time.monotonic() > until:
            break
        case.before()
        first = number % len(contestants)
        for name, contestant in contestants[first:] + contestants[:first]:
            values[name].append(_once(case, contestant))
    return Result(case, {name: Figure(case.unit, tuple(found)) for name, found in values.items()})


def _once(case: Case, contestant: Contestant) -> float:
    gc.collect()
    began = time.perf_counter()
    done = contestant()
    seconds = time.perf_counter() - began
    if case.itself:
        return done or 0.0
    return seconds if case.unit == SECONDS else (done or 0.0) / seconds
