"""Rows kept aside, as they came and with all their reasons."""

import hashlib

import msgspec
from django.db import connection

from apps.catalog.models import QuarantinedRow
from apps.gateways.dutchie.payloads import BadRow

from . import sql
from .work import InventoryWork

MOST_RAW = 256 * 1024  # bytes kept of a row
_json = msgspec.json.Encoder()


def keep_bad_rows(work: InventoryWork, now) -> None:
    """Each bad row once; seen again, it is counted again. A row that came right is closed."""
    mine = QuarantinedRow.objects.filter(location_id=work.location.pk, state=QuarantinedRow.State.OPEN)
    mine.exclude(fingerprint__in=[_mark(bad) for bad in work.bad]).update(
        state=QuarantinedRow.State.FIXED, updated_at=now
    )
    only_keep(work, now)


def only_keep(work: InventoryWork, now) -> None:
    """The bad rows of an answer that is not applied: none of the others can be said to have come right."""
    if work.bad:
        with connection.cursor() as cursor:
            cursor.executemany(sql.KEEP_BAD, [_values(work, bad, now) for bad in work.bad])


def ignored(work: InventoryWork) -> int:
    """How many of the bad rows a person has said to be known and left aside."""
    mine = QuarantinedRow.objects.filter(location_id=work.location.pk, state=QuarantinedRow.State.IGNORED)
    return mine.filter(fingerprint__in=[_mark(bad) for bad in work.bad]).count()


def _mark(bad: BadRow) -> str:
    return hashlib.blake2b(bad.raw, digest_size=16).hexdigest()


def _values(work: InventoryWork, bad: BadRow, now) -> dict:
    reasons = [{"code": why.code, "field": why.field, "text": why.text} for why in bad.reasons]
    return {
        "organization": work.location.organization_id,
        "location": work.location.pk,
        "run": work.run.pk,
        "source": work.source,
        "position": bad.index,
        "fingerprint": _mark(bad),
        "raw": bad.raw[:MOST_RAW],
        "reasons": _json.encode(reasons).decode(),
        "now": now,
    }
