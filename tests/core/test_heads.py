"""Tampering as the tables' owner might try it, at random places, after the heads were exported: all of it is found."""

import json
import random
from contextlib import contextmanager

import pytest
from django.db import transaction

from apps.core import audit, heads
from apps.core.models import AuditEntry
from apps.core.scope import everyone, scope
from tests import make
from tests.core.test_audit import as_the_owner, verified

pytestmark = [pytest.mark.engines, pytest.mark.django_db]
RECORDS = 12
TIMES = 200


@pytest.fixture
def file(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads.jsonl"
    return settings.AUDIT_HEADS


@pytest.fixture
def chain(file) -> str:
    organization = make.organization()
    with scope(organization):
        for number in range(1, RECORDS + 1):
            audit.record("test", "thing.changed", ("thing", number), price=str(number))
    heads.export()
    return str(organization.pk)


def edit(chain: str, n: int) -> list[str]:
    return [f"UPDATE core_auditentry SET actor = 'nobody' WHERE chain = '{chain}' AND n = {n}"]


def delete(chain: str, n: int) -> list[str]:
    return [f"DELETE FROM core_auditentry WHERE chain = '{chain}' AND n = {min(n, RECORDS - 1)}"]


def insert(chain: str, n: int) -> list[str]:
    """A forged record put in between, those behind it moved on."""
    return [
        f"UPDATE core_auditentry SET n = n + 1000 WHERE chain = '{chain}' AND n > {n}",
        f"UPDATE core_auditentry SET n = n - 999 WHERE chain = '{chain}' AND n > 1000",
        "INSERT INTO core_auditentry (chain, n, organization_id, at, actor, action, subject_kind, subject_id, data,"
        f" previous, digest) SELECT chain, {n + 1}, organization_id, at, 'forger', action, subject_kind, subject_id,"
        f" data, digest, digest FROM core_auditentry WHERE chain = '{chain}' AND n = {n}",
        f"UPDATE core_audithead SET n = n + 1 WHERE chain = '{chain}'",
    ]


def swap(chain: str, n: int) -> list[str]:
    other = n % RECORDS + 1
    return [
        f"UPDATE core_auditentry SET n = 9999 WHERE chain = '{chain}' AND n = {n}",
        f"UPDATE core_auditentry SET n = {n} WHERE chain = '{chain}' AND n = {other}",
        f"UPDATE core_auditentry SET n = {other} WHERE chain = '{chain}' AND n = 9999",
    ]


def cut_the_tail(chain: str, n: int) -> list[str]:
    """With the head moved back to where the chain ends now: the chain alone looks whole."""
    last = max(1, n - 1)
    return [
        f"DELETE FROM core_auditentry WHERE chain = '{chain}' AND n > {last}",
        f"UPDATE core_audithead SET n = {last}, digest = (SELECT digest FROM core_auditentry"
        f" WHERE chain = '{chain}' AND n = {last}) WHERE chain = '{chain}'",
    ]


def rewrite(chain: str, n: int) -> list[str]:
    """Everything from record `n` on, with right digests and a right head: the chain alone is whole."""
    statements = []
    with everyone("test"):
        entries = list(AuditEntry.objects.filter(chain=chain).order_by("n"))
    previous = entries[n - 2].digest if n > 1 else ""
    for entry in entries[n - 1 :]:
        entry.actor, entry.previous = "forger", previous
        entry.digest = previous = audit.digest_of(entry)
        statements.append(
            f"UPDATE core_auditentry SET actor = 'forger', previous = '{entry.previous}', digest = '{entry.digest}'"
            f" WHERE id = {entry.pk}"
        )
    return [*statements, f"UPDATE core_audithead SET digest = '{previous}' WHERE chain = '{chain}'"]


KINDS = {
    "a change": edit,
    "a deletion": delete,
    "an insertion": insert,
    "a reordering": swap,
    "a cut tail": cut_the_tail,
    "a full rewrite": rewrite,
}


@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_tamperings_of_each_kind_are_all_found(chain, kind):
    """FC59 and goal G24, each at a random place in a chain whose head was exported before."""
    chance = random.Random(kind)
    missed = 0
    for _ in range(TIMES):
        n = chance.randint(1, RECORDS)
        with tried():
            as_the_owner(*KINDS[kind](chain, n))
            missed += not any(fault["chain"] == chain and fault["why"] for fault in verified())

    assert missed == 0
    assert verified() == []


@contextmanager
def tried():
    """What is done within is undone at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("kind", ["a cut tail", "a full rewrite"])
def test_without_an_export_the_chain_alone_does_not_show_it(chain, file, kind):
    """Which is why there are exports."""
    file.unlink()
    as_the_owner(*KINDS[kind](chain, RECORDS))

    assert verified() == []


def test_what_was_written_after_the_last_export_is_not_covered_and_breaks_nothing(chain):
    with scope(chain):
        audit.record("test", "thing.changed")

    assert verified() == []


def test_a_changed_or_damaged_export_is_said_to_be_one(chain, file):
    line = json.loads(file.read_text())
    for forged in (json.dumps(line | {"heads": {}}), json.dumps(line | {"key": 77}), file.read_text()[:40]):
        file.write_text(forged)
        assert [fault["why"] for fault in verified()] == [heads.FORGED]


def test_another_databases_heads_in_the_same_file_are_not_ours(chain, file):
    line = json.loads(file.read_text())
    with file.open("a") as more:
        more.write(json.dumps(line | {"database": "elsewhere", "heads": {"x": [1, "y"]}}) + "\n")

    assert verified() == []


def test_who_sees_one_organization_is_not_told_that_others_are_missing(chain):
    with scope(make.organization()):
        assert audit.verify()[2] == []


def test_the_file_is_for_its_owner_alone_and_holds_every_chain(chain, file):
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["heads"][chain][0] == RECORDS
