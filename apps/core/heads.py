"""The chains' heads, exported to a file outside the database, sealed with a key that the database has not.

A chain alone does not show that its tail was cut, or that all of it was written anew with right digests.
"""

import hashlib
import hmac
import json
import os
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from . import crypto, scope
from .models import AuditEntry, AuditHead

GONE = "the record that was exported {at} is gone: the chain was cut or replaced"
REWRITTEN = "is not the record that was exported {at}: the chain was written anew"
FORGED = "the exported heads were changed, or sealed with a key we do not hold"


def export() -> int:
    """Write down where every chain stands now. Returns how many chains there are."""
    with scope.scope(everyone="exporting audit heads"):
        heads = {head.chain: [head.n, head.digest] for head in AuditHead.objects.filter(n__gt=0)}
    number, key = next(iter(crypto.keys(settings.REUP_KEYS).items()))
    line = {"at": timezone.now().isoformat(), "database": _database(), "key": number, "heads": heads}
    _append(settings.AUDIT_HEADS, json.dumps(line | {"seal": _seal(line, key)}, sort_keys=True))
    return len(heads)


def faults() -> list[dict]:
    """What the last export vouches for and the database no longer holds: `{chain, n, why}`. Only for who sees all."""
    line = _last(settings.AUDIT_HEADS)
    if line is None or not scope.current().everyone:
        return []
    if not _is_ours(line):
        return [{"chain": "", "n": 0, "why": FORGED}]
    return [
        {"chain": chain, "n": n, "why": why.format(at=line["at"])}
        for chain, (n, digest) in sorted(line["heads"].items())
        if (why := _fault(chain, n, digest))
    ]


def _fault(chain: str, n: int, digest: str) -> str:
    found = AuditEntry.objects.filter(chain=chain, n=n).values_list("digest", flat=True).first()
    if found is None:
        return GONE
    return "" if found == digest else REWRITTEN


def _append(path: Path, text: str) -> None:
    """On the disk before it is called exported."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, f"{text}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _last(path: Path) -> dict | None:
    """The newest line of this database's; None where nothing was exported yet."""
    if not path.is_file():
        return None
    with path.open() as file:
        lines = [line for line in map(_read, file) if line is None or line.get("database") == _database()]
    return (lines[-1] or {}) if lines else None


def _read(text: str) -> dict | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _is_ours(line: dict) -> bool:
    key = crypto.keys(settings.REUP_KEYS).get(line.get("key", 0))
    seal = line.get("seal", "")
    return bool(key) and hmac.compare_digest(_seal(line, key), seal)


def _seal(line: dict, key: bytes) -> str:
    said = {name: value for name, value in line.items() if name != "seal"}
    text = "audit heads" + json.dumps(said, sort_keys=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _database() -> str:
    return connection.settings_dict["NAME"]
