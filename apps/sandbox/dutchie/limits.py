"""How many calls in a minute: counted per caller and place in whole minutes of the emulator's clock."""

import threading


class Limits:
    def __init__(self, world):
        self._world = world
        self._calls: dict[tuple[str, str], tuple[int, int]] = {}  # caller and place: minute, calls in it
        self._lock = threading.Lock()

    def within(self, limit: int, caller: str, place: str) -> bool:
        """Counts one more call and says whether it is still allowed."""
        minute = int(self._world.now().timestamp() // 60)
        with self._lock:
            then, calls = self._calls.get((caller, place), (minute, 0))
            calls = calls + 1 if then == minute else 1
            self._calls[caller, place] = minute, calls
        return calls <= limit
