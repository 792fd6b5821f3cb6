"""Which call meets which fault: rules `{path, fault, times | every | probability}`, asked in their order.

`path` is the path itself, a glob or a regular expression. A rule may also name `method`, `caller` (a location id or a
licence, so that one store fails and its neighbour does not) and `seconds` for words that take time.
"""

import random
import re
import threading
from collections.abc import Collection
from dataclasses import dataclass
from fnmatch import fnmatchcase

FIELDS = {"path", "fault", "times", "every", "probability", "method", "caller", "seconds"}
FREQUENCIES = {"401_flap": {"every": 2}}  # how often a word strikes, where the rule does not say


@dataclass
class Rule:
    path: str
    fault: str
    times: int | None = None
    every: int | None = None
    probability: float | None = None
    method: str | None = None
    caller: str | None = None
    seconds: float | None = None
    met: int = 0
    struck: int = 0

    def meets(self, *, method: str, path: str, caller: str | None) -> bool:
        return (
            _fits(self.path, path)
            and self.method in (None, method)
            and (self.caller is None or str(self.caller) == str(caller))
        )

    def strikes(self, chance: random.Random) -> bool:
        """Counts one more meeting and says whether the fault happens in it."""
        self.met += 1
        strikes = not (
            (self.times is not None and self.struck >= self.times)
            or (self.every is not None and self.met % self.every)
            or (self.probability is not None and chance.random() >= self.probability)
        )
        self.struck += strikes
        return strikes


class Weather:
    """`words` are the faults there are; a rule with another word is refused."""

    def __init__(self, *, words: Collection[str], seed: int):
        self._words, self._seed = words, seed
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._rules: list[Rule] = []
            self._chance = random.Random(self._seed)

    def add(self, rules: list[dict]) -> None:
        """Adds rules behind those there are; an empty list clears the sky. A rule that makes no sense is a
        ValueError, and then none is added."""
        read = [self._read(rule) for rule in rules]
        if not read:
            return self.clear()
        with self._lock:
            self._rules += read
        return None

    def rules(self) -> list[dict]:
        with self._lock:
            return [vars(rule).copy() for rule in self._rules]

    def strike(self, *, method: str, path: str, caller: str | None) -> Rule | None:
        """The rule whose fault this call meets, or None."""
        with self._lock:
            met = (rule for rule in self._rules if rule.meets(method=method, path=path, caller=caller))
            return next((rule for rule in met if rule.strikes(self._chance)), None)

    def _read(self, rule: dict) -> Rule:
        if not isinstance(rule, dict) or not {"path", "fault"} <= rule.keys() <= FIELDS:
            raise ValueError(
                f"A rule has path and fault, and may have {', '.join(sorted(FIELDS - {'path', 'fault'}))}."
            )
        if rule["fault"] not in self._words:
            raise ValueError(f"There is no fault {rule['fault']!r}. Faults: {', '.join(self._words)}.")
        for name, least in (("times", 1), ("every", 1), ("probability", 0), ("seconds", 0)):
            value = rule.get(name, least)
            if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                raise ValueError(f"{name} is a number from {least} up.")
        return Rule(**{**FREQUENCIES.get(rule["fault"], {}), **rule})


def _fits(pattern: str, path: str) -> bool:
    if fnmatchcase(path, pattern):
        return True
    try:
        return re.fullmatch(pattern, path) is not None
    except re.error:
        return False
