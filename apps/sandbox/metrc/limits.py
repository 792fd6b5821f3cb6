"""How many reads METRC allows: 50 a second for a facility and 150 for a vendor key, 10 and 30 at the same time."""

import threading
from collections import Counter
from contextlib import contextmanager


class Limits:
    def __init__(self, world):
        self._world = world
        self._lock = threading.Lock()
        self._left: dict[tuple[str, str], tuple[float, float]] = {}  # bucket: tokens, since when
        self._open: Counter = Counter()

    @contextmanager
    def counted(self, *buckets: tuple[str, str]):
        """One more read of these is under way until the end of the block."""
        with self._lock:
            self._open.update(buckets)
        try:
            yield
        finally:
            with self._lock:
                self._open.subtract(buckets)

    def within(self, *buckets: tuple[str, str]) -> bool:
        """Takes one token out of each bucket and says whether all had one, and whether few enough reads are under
        way. A read that is refused costs nothing."""
        with self._lock:
            if any(self._open[bucket] > self._most(bucket, "concurrent") for bucket in buckets):
                return False
            levels = {bucket: self._level(bucket) for bucket in buckets}
            allowed = all(level >= 1 for level in levels.values())
            now = self._world.now().timestamp()
            self._left |= {bucket: (level - allowed, now) for bucket, level in levels.items()}
            return allowed

    def _level(self, bucket: tuple[str, str]) -> float:
        """A bucket holds one second's worth, and fills as the emulator's clock runs."""
        most, now = self._most(bucket, "perSecond"), self._world.now().timestamp()
        left, since = self._left.get(bucket, (most, now))
        return min(most, left + max(0.0, now - since) * most)

    def _most(self, bucket: tuple[str, str], limit: str) -> float:
        return self._world.setting("limits")[bucket[0]][limit]
