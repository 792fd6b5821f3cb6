"""How a run's steps are written: several in one statement, for they are many and small."""

from . import soon
from .models import SyncStep

COLUMNS = ("run_id", "organization_id", "position", "name", "state", "started_at", "seconds", "count", "detail")
WRITE = """
INSERT INTO core_syncstep ({columns}) VALUES {rows}
ON CONFLICT (run_id, position) DO UPDATE
SET state = excluded.state, seconds = excluded.seconds, count = excluded.count, detail = excluded.detail
"""


def write(steps: list[SyncStep]) -> None:
    """New ones, and those that went on."""
    if steps:
        row = f"({', '.join(['%s'] * len(COLUMNS))})"
        statement = WRITE.format(columns=", ".join(COLUMNS), rows=", ".join([row] * len(steps)))
        soon.execute(statement, [value for step in steps for value in _values(step)])


def _values(step: SyncStep) -> list:
    return [str(value) if column == "state" else value for column in COLUMNS for value in [getattr(step, column)]]
