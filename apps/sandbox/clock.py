"""The emulator's time: real, skewed, hurried or frozen. Moments are aware UTC datetimes."""

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self, *, frozen_at: datetime | None = None):
        self._lock = threading.Lock()
        self._frozen_at = frozen_at
        self._ahead = timedelta()
        self._speed, self._since = 1.0, datetime.now(UTC)

    @property
    def frozen(self) -> bool:
        return self._frozen_at is not None

    def now(self) -> datetime:
        with self._lock:
            return self._frozen_at or self._running()

    def freeze(self, at: datetime | None = None) -> None:
        """Stops the time, at `at` or at this moment."""
        moment = at or self.now()
        with self._lock:
            self._frozen_at = moment.astimezone(UTC)

    def run(self) -> None:
        """Lets the real time go on, without any skew."""
        with self._lock:
            self._frozen_at, self._ahead, self._speed = None, timedelta(), 1.0

    def hurry(self, speed: float) -> None:
        """From now on so many seconds pass in each real one."""
        with self._lock:
            now = self._frozen_at or self._running()
            self._since, self._speed, self._frozen_at = datetime.now(UTC), speed, None
            self._ahead = now - self._since

    def advance(self, seconds: float) -> None:
        with self._lock:
            if self._frozen_at:
                self._frozen_at += timedelta(seconds=seconds)
            else:
                self._ahead += timedelta(seconds=seconds)

    def _running(self) -> datetime:
        real = datetime.now(UTC)
        return real + self._ahead + (real - self._since) * (self._speed - 1)


def iso(moment: datetime) -> str:
    """As vendors write it: 2026-11-17T10:42:00.123Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    """Reads ISO 8601; without a zone it is UTC. Raises ValueError."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
