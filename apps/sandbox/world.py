"""What exists in an emulator: rows keyed by kind, then by the vendor's id, with the vendor's field names.

A name that begins with an underscore is ours and never goes out on the wire. Rows are replaced, never changed in
place, so that a reader may keep what it was given. All calls are safe from any thread.
"""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

from .clock import Clock, iso
from .journal import Journal
from .weather import Weather

Row = dict
Kinds = dict[str, dict[str, Row]]
REMEMBERED = 20_000  # changes a stale read can look behind


class View:
    """What exists at one moment, for reading."""

    def __init__(self, kinds: Kinds, now: Callable[[], datetime]):
        self._kinds = kinds
        self.now = now

    def rows(self, kind: str) -> list[Row]:
        return list(self._kinds[kind].values())

    def ids(self, kind: str) -> list[str]:
        return list(self._kinds[kind])

    def get(self, kind: str, id, default=None):
        return self._kinds[kind].get(str(id), default)

    def setting(self, name: str):
        return self._kinds["settings"].get(name)


class World(View):
    """The present, and the way it changes. `before_put(kind, id, old, new)` may complete a row, `after_put` may
    carry a change on to other rows; both run under the lock."""

    def __init__(self, *, clock: Clock, weather: Weather):
        super().__init__({}, clock.now)
        self.lock = threading.RLock()
        self.clock, self.weather, self.journal = clock, weather, Journal()
        self.before_put: Callable[[str, str, Row | None, Row], Row] = lambda kind, id, old, new: new
        self.after_put: Callable[[str, Row | None, Row], None] = lambda kind, old, new: None
        self._past: deque[tuple[datetime, str, str, Row | None]] = deque(maxlen=REMEMBERED)

    def rows(self, kind: str) -> list[Row]:
        with self.lock:
            return super().rows(kind)

    def fill(self, kinds: Kinds) -> None:
        """Begins anew with these rows, and forgets the past."""
        with self.lock:
            self._kinds.clear()
            self._kinds.update(kinds)
            self._past.clear()

    def forget(self) -> None:
        """What is now has always been so."""
        with self.lock:
            self._past.clear()

    def put(self, kind: str, id, row: Row) -> Row:
        with self.lock:
            old = self.get(kind, id)
            row = self.before_put(kind, str(id), old, row)
            self._remember(kind, str(id), old)
            self._kinds[kind][str(id)] = row
            self.after_put(kind, old, row)
            return row

    def change(self, kind: str, id, **fields) -> Row:
        """Some fields of one row; a row that is not there is a KeyError."""
        with self.lock:
            return self.put(kind, id, {**self._kinds[kind][str(id)], **fields})

    def drop(self, kind: str, id) -> None:
        with self.lock:
            old = self._kinds[kind].pop(str(id), None)
            if old is not None:
                self._remember(kind, str(id), old)

    def patch(self, document: dict) -> dict[str, list[str]]:
        """Merges a JSON merge patch (RFC 7396; null removes) and tells which ids changed, by kind.

        A kind that is not known, or a row that is no object, is a ValueError, and then nothing is changed.
        """
        with self.lock:
            self._check(document)
            for kind, rows in document.items():
                for id, change in rows.items():
                    if change is None:
                        self.drop(kind, id)
                    else:
                        self.put(kind, id, merge(self.get(kind, id), change))
            return {kind: list(rows) for kind, rows in document.items()}

    def dump(self) -> dict:
        """Everything, as `GET /_ctl/world` shows it. `clock` is for reading; it is set by `POST /_ctl/clock`."""
        with self.lock:
            kinds = {kind: dict(rows) for kind, rows in self._kinds.items()}
        return {"clock": {"now": iso(self.now()), "frozen": self.clock.frozen}, **kinds}

    def as_of(self, seconds: float) -> View:
        """The world as it was so many seconds ago, as far back as the last changes are remembered."""
        moment = self.now() - timedelta(seconds=seconds)
        with self.lock:
            kinds = {kind: dict(rows) for kind, rows in self._kinds.items()}
            for at, kind, id, old in reversed(self._past):
                if at <= moment:
                    break
                if old is None:
                    kinds[kind].pop(id, None)
                else:
                    kinds[kind][id] = old
        return View(kinds, lambda: moment)

    def _remember(self, kind: str, id: str, old: Row | None) -> None:
        self._past.append((self.now(), kind, id, old))

    def _check(self, document: dict) -> None:
        if not isinstance(document, dict):
            raise ValueError("A patch is an object of kinds.")
        for kind, rows in document.items():
            if kind not in self._kinds:
                raise ValueError(f"There is no kind {kind!r}. Kinds: {', '.join(self._kinds)}.")
            if not isinstance(rows, dict):
                raise ValueError(f"{kind} is an object keyed by id.")
            if kind != "settings" and not all(row is None or isinstance(row, dict) for row in rows.values()):
                raise ValueError(f"Each of {kind} is an object, or null to remove it.")


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), value)
    return merged
