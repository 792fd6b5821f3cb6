"""Everything that was ever accepted, one entry an object, in order; it only grows, and only a reset empties it.

Whoever counts acts that must happen once counts them here, by the reference in `note`.
"""

import threading
from datetime import datetime

from apps.sandbox.clock import iso


class Ledger:
    """Entries: n, at, act (adjust, set, finish, template, …), licence, id (METRC's), label ("" for none), quantity
    (null where there is none) and note (an adjustment's note, a template's name)."""

    def __init__(self):
        self._entries: list[dict] = []
        self._lock = threading.Lock()

    def accept(self, act: str, *, at: datetime, licence: str, id: int, label: str = "", quantity=None, note="") -> None:
        entry = {"at": iso(at), "act": act, "licence": licence, "id": id, "label": label}
        with self._lock:
            self._entries.append({"n": len(self._entries) + 1, **entry, "quantity": quantity, "note": note or ""})

    def entries(self) -> list[dict]:
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
