"""The same figures for a person: a table a case, and the goals with their bars."""

import os
import platform
from collections.abc import Iterator

from .measure import SECONDS


def lines(document: dict) -> Iterator[str]:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    yield f"bench {document['name']} · {document['runs']} rounds · {os.cpu_count()} cores, load {load}"
    yield f"Python {platform.python_version()}, {platform.system()}. Only the ratios carry over to another machine."
    for case in document["cases"]:
        yield ""
        yield f"{case['case']} · {case['size']}"
        yield from _rows(case)
    if document["goals"]:
        yield ""
    for goal in document["goals"]:
        yield _goal(goal)


def _rows(case: dict) -> Iterator[str]:
    yield _row("reup", case["reup"], "")
    for name, figure in case["peers"].items():
        yield _row(name, figure, f"reup is {case['ratios'][name]:.3g}× better")
    for name, figure in case["limit"].items():
        yield _row(f"limit: {name}", figure, f"reup reaches {_share(case['reup'], figure):.3g} of it")


def _share(ours: dict, limit: dict) -> float:
    part, whole = (limit, ours) if ours["unit"] == SECONDS else (ours, limit)
    return part["median"] / whole["median"] if whole["median"] else 0.0


def _row(name: str, figure: dict, ratio: str) -> str:
    return f"  {name:<38} {figure['median']:>12,.4g} {figure['unit']:<7} p95 {figure['p95']:>10,.4g}   {ratio}".rstrip()


def _goal(goal: dict) -> str:
    word, bar = ("at least", goal["at_least"]) if "at_least" in goal else ("at most", goal["at_most"])
    reached = goal["measured"] >= goal["reach"] if "at_least" in goal else goal["measured"] <= goal["reach"]
    state = "reached" if reached else "met" if goal["met"] else "NOT MET"
    return f"{state:<8} {goal['measured']:>10.4g}   {word} {bar:g}, reach {goal['reach']:g}   {goal['goal']}"
