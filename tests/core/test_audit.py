"""The audit trail takes additions only, chains them per organization, and tells who wrote in it by another way."""

import json
import math
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.core import audit
from apps.core.models import AuditEntry
from apps.core.roles import as_owner
from apps.core.scope import everyone, scope
from tests import make

pytestmark = [pytest.mark.engines, pytest.mark.django_db]


def verified() -> list[dict]:
    with everyone("test"):
        return audit.verify()[2]


def as_the_owner(*statements: str) -> None:
    """What somebody with the tables' password could do: triggers off, rows changed, triggers on."""
    with as_owner(), connection.cursor() as cursor:
        for table in ("core_auditentry", "core_audithead"):  # an owner who is no superuser is bound by policies
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY")
        for statement in statements:
            cursor.execute(statement)
        for table in ("core_auditentry", "core_audithead"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER, FORCE ROW LEVEL SECURITY")


@pytest.fixture
def chain(db) -> str:
    """Five records of one organization."""
    organization = make.organization()
    with scope(organization):
        for number in range(1, 6):
            audit.record("test", "thing.changed", ("thing", number), price="12.50")
    return str(organization.pk)


def test_records_of_an_organization_form_one_chain_and_others_another(chain):
    other = make.organization()
    with scope(other):
        audit.record("test", "thing.changed")

    with everyone("test"):
        mine = list(AuditEntry.objects.filter(chain=chain).order_by("n"))
        assert [entry.n for entry in mine] == [1, 2, 3, 4, 5]
        assert [entry.previous for entry in mine] == ["", *(entry.digest for entry in mine[:-1])]
        assert AuditEntry.objects.get(chain=str(other.pk)).n == 1
        assert audit.verify() == (2, 6, [])


def test_an_organization_reads_its_own_records_alone(chain):
    with scope(chain):
        assert AuditEntry.objects.count() == 5
    with scope(make.organization()):
        assert AuditEntry.objects.count() == 0


def test_what_belongs_to_no_organization_goes_to_the_platforms_chain():
    audit.record("test", "platform.looked")

    with everyone("test"):
        assert AuditEntry.objects.get().chain == "platform"


def test_a_rolled_back_change_leaves_no_record(chain):
    with pytest.raises(ZeroDivisionError), transaction.atomic(), scope(chain):
        audit.record("test", "thing.changed")
        raise ZeroDivisionError
    with scope(chain):
        assert AuditEntry.objects.count() == 5
    assert verified() == []


REWRITES = [
    "UPDATE core_auditentry SET action = 'other'",
    "DELETE FROM core_auditentry",
    "TRUNCATE core_auditentry",
]


@pytest.mark.parametrize("statement", REWRITES)
@pytest.mark.parametrize("organizations", ["own", "everyone"])
def test_the_working_roles_may_not_rewrite_it(chain, statement, organizations):
    whose = {"everyone": "test"} if organizations == "everyone" else {"organization": chain}
    with scope(**whose), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize("statement", REWRITES)
def test_its_owner_may_not_rewrite_it_either(chain, statement):
    with as_owner(), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)


TAMPERINGS = {
    "an action changed": ["UPDATE core_auditentry SET action = 'other' WHERE n = 3"],
    "an actor changed": ["UPDATE core_auditentry SET actor = 'nobody' WHERE n = 5"],
    "data changed": ['UPDATE core_auditentry SET data = \'{"price": "12.51"}\' WHERE n = 1'],
    "a moment changed": ["UPDATE core_auditentry SET at = at + interval '1 second' WHERE n = 2"],
    "given to another organization": ["UPDATE core_auditentry SET organization_id = gen_random_uuid() WHERE n = 2"],
    "one taken out of the middle": ["DELETE FROM core_auditentry WHERE n = 3"],
    "the first taken away": ["DELETE FROM core_auditentry WHERE n = 1"],
    "the tail cut off": ["DELETE FROM core_auditentry WHERE n > 3"],
    "all taken away": ["DELETE FROM core_auditentry"],
    "the gap closed": ["DELETE FROM core_auditentry WHERE n = 3", "UPDATE core_auditentry SET n = n - 1 WHERE n > 3"],
    "one put in at the end": [
        "INSERT INTO core_auditentry (chain, n, organization_id, at, actor, action, subject_kind, subject_id, data,"
        " previous, digest) SELECT chain, 6, organization_id, at, actor, action, subject_kind, subject_id, data,"
        " digest, digest FROM core_auditentry WHERE n = 5"
    ],
    "two swapped": [
        "UPDATE core_auditentry SET n = 99 WHERE n = 2",
        "UPDATE core_auditentry SET n = 2 WHERE n = 4",
        "UPDATE core_auditentry SET n = 4 WHERE n = 99",
    ],
    "the head moved": ["UPDATE core_audithead SET n = 4"],
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_tampering_is_found(chain, how):
    as_the_owner(*TAMPERINGS[how])

    broken = verified()

    assert broken
    assert {fault["chain"] for fault in broken} == {chain}
    assert all(fault["why"] for fault in broken)


def command() -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command("verify_audit", "--json", stdout=out)
    except SystemExit as ended:
        return ended.code, json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_verify_audit_ends_with_0_while_all_is_well(chain):
    assert command() == (0, {"chains": 1, "records": 5, "broken": []})


def test_verify_audit_ends_with_1_and_names_the_record(chain):
    as_the_owner(*TAMPERINGS["data changed"])

    code, answer = command()

    assert code == 1
    assert answer["broken"] == [{"chain": chain, "n": 1, "why": "was changed after it was written"}]


NUMBERS = st.one_of(st.integers(-(10**30), 10**30), st.floats(), st.decimals(allow_nan=False, allow_infinity=False))
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS, st.datetimes(timezones=st.timezones()), st.uuids()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.dictionaries(st.sampled_from(["old", "new", "note"]), VALUES))
def test_whatever_is_recorded_reads_back_as_it_was_vouched_for(data):
    with transaction.atomic():
        audit.record("test", "thing.changed", **data)
        assert verified() == []
        transaction.set_rollback(True)


def test_numbers_with_a_point_are_kept_as_text():
    entry = audit.record("test", "thing.changed", seconds=1e16, share=math.inf, count=3)

    assert entry.data == {"seconds": "1e+16", "share": "Infinity", "count": 3}
    assert verified() == []


def test_a_bulk_changes_digest_depends_on_every_row_and_on_their_order():
    rows = [["1", "price", "12.50", "13.00"], ["2", "price", "9.00", "9.50"]]

    assert audit.digest_rows(rows) == audit.digest_rows(iter(rows))
    assert audit.digest_rows(rows) != audit.digest_rows(rows[::-1])
    assert audit.digest_rows(rows) != audit.digest_rows([rows[0], ["2", "price", "9.00", "9.51"]])


@pytest.mark.django_db(transaction=True)
def test_eight_writers_at_once_keep_one_chain_without_a_gap():
    organization = make.organization()

    def write():
        with scope(organization):
            for _ in range(25):
                audit.record("test", "thing.changed")
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with scope(organization):
        assert list(AuditEntry.objects.order_by("n").values_list("n", flat=True)) == list(range(1, 201))
    with everyone("test"):
        assert audit.verify() == (1, 200, [])


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_grows_while_it_is_walked_is_not_called_broken(monkeypatch):
    organization = make.organization()
    with scope(organization):
        audit.record("test", "thing.changed")
    walk = audit._walk

    def walk_late(*arguments):
        thread = threading.Thread(target=write_one)
        thread.start()
        thread.join()
        return walk(*arguments)

    def write_one():
        with scope(organization):
            audit.record("test", "thing.changed")
        connection.close()

    monkeypatch.setattr(audit, "_walk", walk_late)
    assert verified() == []
    with everyone("test"):
        assert AuditEntry.objects.count() == 2
