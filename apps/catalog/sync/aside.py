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
    kept = [_values(work, bad, now) for bad in work.bad]
    mine = QuarantinedRow.objects.filter(location_id=work.location.pk, state=QuarantinedRow.State.OPEN)
    right = mine.exclude(fingerprint__in=[values["fingerprint"] for values in kept])
    right.update(state=QuarantinedRow.State.FIXED, updated_at=now)
    if kept:
        with connection.cursor() as cursor:
            cursor.executemany(sql.KEEP_BAD, kept)


def _values(work: InventoryWork, bad: BadRow, now) -> dict:
    reasons = [{"code": why.code, "field": why.field, "text": why.text} for why in bad.reasons]
    return {
        "organization": work.location.organization_id,
        "location": work.location.pk,
        "run": work.run.pk,
        "source": work.source,
        "position": bad.index,
        "fingerprint": hashlib.blake2b(bad.raw, digest_size=16).hexdigest(),
        "raw": bad.raw[:MOST_RAW],
        "reasons": _json.encode(reasons).decode(),
        "now": now,
    }
