"""The rules that must always hold over stored data: the same in tests, in the nightly check and in production.

A rule is SQL: one statement counts the rows it looks at, one finds those that break it. Apps add theirs in apps.py.
"""

from dataclasses import dataclass

from django.db import connection

from . import scope

EXAMPLES = 5


@dataclass(frozen=True)
class Invariant:
    """`name` reads like the sentence that holds. `broken` selects one text column, an example each."""

    name: str
    rows: str
    broken: str


_rules: dict[str, Invariant] = {}


def keep(*rules: Invariant) -> None:
    _rules.update({rule.name: rule for rule in rules})


def check() -> list[dict]:
    """Ask every rule over all organizations: `{name, rows, violations, examples}`."""
    with scope.scope(everyone="checking invariants"):
        return [_ask(rule) for _, rule in sorted(_rules.items())]


def _ask(rule: Invariant) -> dict:
    with connection.cursor() as cursor:
        cursor.execute(rule.rows)
        rows = cursor.fetchone()[0]
        cursor.execute(f"SELECT count(*) OVER (), broken.* FROM ({rule.broken}) AS broken LIMIT {EXAMPLES}")  # noqa: S608
        found = cursor.fetchall()
    return {
        "name": rule.name,
        "rows": rows,
        "violations": found[0][0] if found else 0,
        "examples": [str(row[1]) for row in found],
    }


keep(
    Invariant(
        name="audit numbers of a chain have no gap",
        rows="SELECT count(*) FROM core_auditentry",
        broken="SELECT chain FROM core_auditentry GROUP BY chain HAVING count(*) <> max(n) OR min(n) <> 1",
    ),
    Invariant(
        name="audit chains end where their heads say",
        rows="SELECT count(*) FROM core_audithead",
        broken="SELECT head.chain FROM core_audithead head LEFT JOIN core_auditentry entry"
        " ON entry.chain = head.chain AND entry.n = head.n WHERE entry.digest IS DISTINCT FROM head.digest",
    ),
    Invariant(
        name="no topic's event is ahead of its sequence",
        rows="SELECT count(*) FROM core_streamtopic",
        broken="SELECT event.topic FROM core_streamevent event JOIN core_streamtopic topic USING (topic)"
        " GROUP BY event.topic, topic.seq HAVING max(event.seq) <> topic.seq",
    ),
    Invariant(
        name="a finished run has an end and no running step",
        rows="SELECT count(*) FROM core_syncrun",
        broken="SELECT run.id FROM core_syncrun run WHERE run.state <> 'running' AND (run.finished_at IS NULL OR EXISTS"
        " (SELECT 1 FROM core_syncstep step WHERE step.run_id = run.id AND step.state = 'running'))",
    ),
    Invariant(
        name="a running job has a lease",
        rows="SELECT count(*) FROM core_job",
        broken="SELECT id FROM core_job WHERE state = 'running' AND lease_until IS NULL",
    ),
)
