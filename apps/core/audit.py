"""The one way to write the audit trail, and the way to find out whether somebody else wrote in it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC
from functools import cache
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from . import heads, scope
from .models import AuditEntry, AuditHead

PLATFORM, VERIFIED = "platform", "audit.verified"
BULK = 2_000


class Act(NamedTuple):
    """What one record says: `by` is a user or a word ("schedule"); `action` reads like `order.shipped`; `subject` a
    model row or a `(kind, id)`."""

    by: object
    action: str
    subject: object
    data: dict


def record(by, action: str, subject=None, *, organization=None, chain: str = "", **data) -> AuditEntry:
    """Add a link to the organization's chain, or to one of its others (`chain="license:AU-P-009412"`), in the caller's
    transaction; what it says is an Act's.

    The chain is locked until that transaction ends: record last.
    """
    return record_all([Act(by, action, subject, data)], organization=organization, chain=chain)[0]


def record_all(acts: Sequence[Act], *, organization=None, chain: str = "") -> list[AuditEntry]:
    """The same for several at once, in their order, each a link of its own."""
    organization_id = getattr(organization, "pk", organization) or scope.current().organization
    chain = chain or (str(organization_id) if organization_id else PLATFORM)
    with _reaching(organization_id), transaction.atomic(savepoint=False):
        head = _head(chain, organization_id)
        entries, previous = [], head.digest
        for n, act in enumerate(acts, head.n + 1):
            entry = _linked(act, chain=chain, n=n, organization_id=organization_id, previous=previous)
            entries.append(entry)
            previous = entry.digest
        _add(entries)
    return entries


def _linked(act: Act, **place) -> AuditEntry:
    kind, key = _name(act.subject)
    told = {"actor": str(act.by)[:200], "action": act.action, "subject_kind": kind, "subject_id": key}
    entry = AuditEntry(at=timezone.now(), data=_kept(act.data), **told, **place)
    entry.digest = digest_of(entry)
    return entry


# Every act adds a record: links and head in one trip to the database.
COLUMNS = {field.attname: field for field in AuditEntry._meta.concrete_fields if not field.primary_key}
ADD = """
WITH entry AS (
    INSERT INTO core_auditentry ({names}) SELECT {names} FROM jsonb_to_recordset(%(links)s::jsonb) AS link({types})
    RETURNING id, n)
UPDATE core_audithead SET n = %(n)s, digest = %(digest)s WHERE chain = %(chain)s
RETURNING (SELECT array_agg(id ORDER BY n) FROM entry)
"""


def _add(entries: list[AuditEntry]) -> None:
    """Moments go as text, to the microsecond: the digest holds them so."""
    links = json.dumps([{name: getattr(entry, name) for name in COLUMNS} for entry in entries], default=str)
    last = entries[-1]
    with connection.cursor() as cursor:
        cursor.execute(_adding(), {"links": links, "n": last.n, "digest": last.digest, "chain": last.chain})
        (keys,) = cursor.fetchone()
    for entry, key in zip(entries, keys, strict=True):
        entry.pk, entry._state.adding, entry._state.db = key, False, connection.alias


@cache
def _adding() -> str:
    types = ", ".join(f"{name} {field.db_type(connection)}" for name, field in COLUMNS.items())
    return ADD.format(names=", ".join(COLUMNS), types=types)


def digest_of(entry: AuditEntry) -> str:
    """SHA-256 over the row as plain text, the digest before it included."""
    words = [
        entry.chain,
        entry.n,
        str(entry.organization_id or ""),
        entry.at.astimezone(UTC).isoformat(),
        entry.actor,
        entry.action,
        entry.subject_kind,
        entry.subject_id,
        entry.data,
        entry.previous,
    ]
    return hashlib.sha256(_plain(words).encode()).hexdigest()


def digest_rows(rows) -> str:
    """One digest for many change rows, so that a bulk change is one link of the chain. The order of `rows` counts."""
    total = hashlib.sha256()
    for row in rows:
        total.update(_plain(row).encode())
        total.update(b"\n")
    return total.hexdigest()


def verify() -> tuple[int, int, list[dict]]:
    """Walk every chain of the present scope; who sees all sees too whether they still hold what was exported last.
    Returns chains, records, and what is broken: `{chain, n, why}`."""
    with _at_one_moment():
        chains, records, broken = _verify()
        return chains, records, broken + heads.faults()


def verify_and_record(by) -> int:
    """Walk them all and write down on the platform's chain how it ended. Returns how many faults there are."""
    chains, records, broken = verify()
    first = [f"{one['chain']} {one['n']}" for one in broken[:5]]
    record(
        by, VERIFIED, organization=None, chain=PLATFORM, chains=chains, records=records, broken=len(broken), at=first
    )
    return len(broken)


def last_verified() -> AuditEntry | None:
    return AuditEntry.objects.filter(chain=PLATFORM, action=VERIFIED).order_by("-n").first()


def _verify() -> tuple[int, int, list[dict]]:
    ends = {head.chain: head for head in AuditHead.objects.all()}
    chains = ends.keys() | set(AuditEntry.objects.order_by().values_list("chain", flat=True).distinct())
    records, broken = 0, []
    for chain in sorted(chains):
        count, faults = _walk(chain, ends.get(chain))
        records += count
        broken += faults
    return len(chains), records, broken


@contextmanager
def _at_one_moment() -> Iterator[None]:
    """Heads and records as of one moment, though others go on writing."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _walk(chain: str, head: AuditHead | None) -> tuple[int, list[dict]]:
    count, previous, n, faults = 0, "", 0, []
    for entry in AuditEntry.objects.filter(chain=chain).order_by("n").iterator(BULK):
        count += 1
        faults += [{"chain": chain, "n": entry.n, "why": why} for why in _faults(entry, n, previous)]
        n, previous = entry.n, entry.digest
    if head is None or (head.n, head.digest) != (n, previous):
        faults.append({"chain": chain, "n": n, "why": "the chain does not end where its head says"})
    return count, faults


def _faults(entry: AuditEntry, n: int, previous: str) -> Iterator[str]:
    if entry.n != n + 1:
        yield f"records {n + 1} to {entry.n - 1} are missing"
    if entry.previous != previous:
        yield "does not follow the record before it"
    if entry.digest != digest_of(entry):
        yield "was changed after it was written"


def _reaching(organization_id) -> AbstractContextManager:
    """One's own chain is in reach; another's, and the platform's, only for whoever says so."""
    mine = scope.current().organization == organization_id is not None
    return nullcontext() if mine else scope.everyone("adding to an audit chain")


def _head(chain: str, organization_id) -> AuditHead:
    """Locked until the transaction ends. Looked for first: only the first record of all has to make it."""
    heads = AuditHead.objects.raw("SELECT * FROM core_audithead WHERE chain = %s FOR UPDATE", [chain])
    if head := next(iter(heads), None):
        return head
    AuditHead.objects.bulk_create([AuditHead(chain=chain, organization_id=organization_id)], ignore_conflicts=True)
    return AuditHead.objects.select_for_update().get(pk=chain)


def _name(subject) -> tuple[str, str]:
    if subject is None:
        return "", ""
    if isinstance(subject, tuple):
        return str(subject[0]), str(subject[1])
    return subject._meta.label_lower, str(subject.pk)


def _kept(data: dict) -> dict:
    """As it comes back from the database. Numbers with a point are kept as text: jsonb would write 1e16 another way."""
    return json.loads(_plain(data), parse_float=str, parse_constant=str)


def _plain(value) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
