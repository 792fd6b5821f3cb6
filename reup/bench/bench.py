"""What a workload is handed: it measures cases, compares outputs, and sets what it measured beside its goals."""

import time
from dataclasses import dataclass, field

from .measure import Case, Result, plain, take_turns

MOST_SECONDS = 600  # INTERFACE: done within ten minutes
MOST_QUICK = 60


class WrongAnswer(Exception):
    """A contestant's output is not what the others' is; its time means nothing."""


@dataclass
class Bench:
    """One run of a workload. `quick`: smaller sizes, done within a minute."""

    name: str
    quick: bool = False
    rounds: int = 5
    results: list[Result] = field(default_factory=list)
    goals: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def case(self, *, share: float = 1.0, **values) -> Result:
        """Measure a `Case` within `share` of the time that is left."""
        left = self.began + (MOST_QUICK if self.quick else MOST_SECONDS) * 0.9 - time.monotonic()
        result = take_turns(Case(**values), self.rounds, until=time.monotonic() + left * share)
        self.results.append(result)
        return result

    def same(self, what: str, answers: dict) -> None:
        """Outputs are compared before times are."""
        (first, wanted), *others = answers.items()
        for name, answer in others:
            if answer != wanted:
                raise WrongAnswer(f"{self.name}: {what} differ between {first} and {name}.")

    def goal(self, goal: str, measured: float, *, reach: float, at_least=None, at_most=None) -> None:
        """`at_least` or `at_most` is the bar that must be met, `reach` the one to aim for."""
        met = measured >= at_least if at_most is None else measured <= at_most
        bar = {"at_least": at_least} if at_most is None else {"at_most": at_most}
        self.goals.append({"goal": goal, "measured": plain(measured), **bar, "reach": reach, "met": met})

    def note(self, text: str) -> None:
        """A line for the reader of the table, as of a part left out."""
        self.notes.append(text)

    def document(self) -> dict:
        runs = max((len(result.figures["reup"].values) for result in self.results), default=0)
        cases = [result.document() for result in self.results]
        return {"name": self.name, "runs": runs, "cases": cases, "goals": self.goals}
