"""No scope, no rows: whatever nests, breaks or reconnects, the database shows what the ambient scope says."""

import threading
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import DataError, OperationalError, ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Connection, Credential, Location, Membership, Organization
from apps.catalog.models import Product, ShelfLine, StockItem
from apps.core.models import Job
from apps.core.scope import NOBODY, current, everyone, overall, scope
from tests import make
from tests.trouble import cut_off

pytestmark = [pytest.mark.engines, pytest.mark.django_db]

OPEN = {  # tables of ours that no organization owns, and why they may be read without a scope
    "accounts_budget": "tries under keyed digests, counted before anybody is known",
    "accounts_user": "people may belong to several organizations; signing in happens before any scope",
    "accounts_user_groups": "Django's own, not used",
    "accounts_user_user_permissions": "Django's own, not used",
    "compliance_errorrule": "what METRC's answers mean, for everybody alike",
    "compliance_capability": "which calls a state publishes, for everybody alike",
    "compliance_maintenancewindow": "when METRC said it would be away, for everybody alike",
    "core_breaker": "a road out, named by a location's id; no figures of anybody",
    "core_lease": "names of work in progress",
    "core_outboundcall": "the journal of calls out, read by the platform alone",
    "core_slot": "turns of the timetable",
    "core_streamtopic": "numbers given out; who may hear a topic is asked of its owner",
}


def told() -> tuple[str, str, str, str]:
    """What the connection was told: role, organization, user, reads."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, current_setting('app.org', true), current_setting('app.user', true),"
            " current_setting('app.reads', true)"
        )
        return cursor.fetchone()


def wanted() -> tuple[str, str, str, str]:
    """What the ambient scope asks for."""
    now = current()
    role = "reup_everyone" if now.everyone else "reup_app"
    return role, str(now.organization or ""), str(now.user or ""), ",".join(map(str, now.reads))


def ours() -> list[str]:
    return sorted(model._meta.db_table for model in apps.get_models(include_auto_created=True) if _is_ours(model))


def _is_ours(model) -> bool:
    return model.__module__.startswith("apps.") and model._meta.managed


# --- tables


def test_every_table_of_ours_is_protected_or_open_for_a_stated_reason():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, array_agg(p.policyname::text) FROM pg_class c"
            " JOIN pg_policies p ON p.tablename = c.relname WHERE c.relrowsecurity AND c.relforcerowsecurity GROUP BY 1"
        )
        policies = dict(cursor.fetchall())

    assert sorted(set(ours()) - set(policies)) == sorted(OPEN)
    assert all({"own", "everyone"} <= set(names) for names in policies.values())


def test_every_table_with_an_organization_column_is_protected():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relkind IN ('r', 'p') AND a.attname IN ('organization_id', 'wholesaler_id', 'retailer_id')"
            " AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"
        )
        assert cursor.fetchall() == []


def test_without_a_scope_no_protected_table_shows_a_row(cast):
    make.shelf_line(location=cast.place)
    make.run(location=cast.place)

    shown = {model.__name__: model.objects.count() for model in apps.get_models() if _is_ours(model)}

    protected = {name: count for name, count in shown.items() if _table(name) not in OPEN}
    assert set(protected.values()) == {0}, protected
    with everyone("test"):
        assert all(model.objects.exists() for model in (Organization, Location, Membership, Product, StockItem))


def _table(name: str) -> str:
    return next(model._meta.db_table for model in apps.get_models() if model.__name__ == name and _is_ours(model))


def test_the_working_roles_can_neither_bypass_policies_nor_log_in():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles"
            " WHERE rolname IN ('reup_app', 'reup_everyone') ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("reup_app", False, False, False, False),
            ("reup_everyone", False, False, False, False),
        ]
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("reup_app",)


# --- whose rows


def test_an_organization_sees_its_own_rows_and_no_others(cast):
    mine, theirs = make.location(organization=cast.stranger), make.location(organization=cast.retailer)

    with scope(cast.stranger):
        assert list(Location.objects.all()) == [mine]
    with scope(cast.retailer):
        assert list(Location.objects.all()) == [theirs]


def test_another_organizations_row_can_neither_be_changed_nor_removed_nor_given_away(cast):
    make.stock(location=cast.place)

    with scope(cast.stranger):
        assert Location.objects.filter(pk=cast.place.pk).update(name="Ours now") == 0
        assert StockItem.objects.all().delete()[0] == 0
    with scope(cast.wholesaler), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Location.objects.filter(pk=cast.place.pk).update(organization=cast.stranger)


def test_a_row_of_another_organization_can_not_be_written(cast):
    with scope(cast.stranger), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Product.objects.create(organization=cast.wholesaler, name="Slipped in")


def test_shared_rows_may_be_read_and_nothing_else(cast):
    line = make.shelf_line(location=cast.place)

    with scope(cast.retailer, reads=[cast.wholesaler.pk]):
        assert ShelfLine.objects.get() == line
        assert ShelfLine.objects.update(quantity=1) == 0
        assert ShelfLine.objects.all().delete()[0] == 0
        assert not Credential.objects.exists()
    with scope(cast.stranger):
        assert not ShelfLine.objects.exists()


def test_a_person_sees_their_own_memberships_before_any_organization_is_chosen(cast):
    with scope(user=cast.buyer.pk):
        assert [membership.user_id for membership in Membership.objects.all()] == [cast.buyer.pk]
        assert list(Organization.objects.all()) == [cast.retailer]
        assert Membership.objects.update(role="owner") == 0


def test_a_retailer_can_not_connect_itself_to_a_wholesaler(cast):
    with scope(cast.stranger), pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        Connection.objects.create(wholesaler=cast.wholesaler, retailer=cast.stranger, since_date="2026-01-01")
    with scope(cast.retailer):
        assert Connection.objects.count() == 1


def test_everyone_sees_all_and_says_why(cast):
    with everyone("counting") as entered:
        assert Organization.objects.count() == 3
        assert entered.everyone == "counting"


def test_one_statement_may_see_all_and_what_follows_sees_as_before(cast):
    def all_of_them() -> int:
        return overall("SELECT count(*) FROM accounts_location", [], why="a test")[0][0]

    make.location(organization=cast.stranger)
    with scope(cast.retailer):
        mine = Location.objects.count()
        assert all_of_them() > mine
        assert Location.objects.count() == mine
    with everyone("a test"):
        assert all_of_them() == Location.objects.count()


def test_one_statement_that_fails_leaves_the_role_it_began_in(cast):
    with pytest.raises(DataError), transaction.atomic():
        overall("SELECT 1 / 0", [], why="a test")

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("reup_app",)


def test_a_letter_for_somebody_else_can_be_posted_but_not_read(cast):
    from apps.core import audit, jobs

    with scope(cast.retailer):
        jobs.enqueue("core.sweep", organization=cast.wholesaler)
        jobs.enqueue("core.sweep", organization=cast.wholesaler, key="one")
        audit.record("test", "order.placed", organization=cast.wholesaler)
        assert not Job.objects.exists()
    with scope(cast.wholesaler):
        assert Job.objects.count() == 2


def test_copy_goes_through_a_temporary_table(cast):
    rows = [(uuid4(), cast.wholesaler.pk, f"Product {n}") for n in range(3)]
    columns = "id, organization_id, name"
    with scope(cast.wholesaler), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE incoming (id uuid, organization_id uuid, name text) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            "INSERT INTO catalog_product (id, organization_id, name, sku, upc, strain, strain_type, size, is_cannabis,"
            " image_url, description, is_new, is_listed, created_at, updated_at)"
            " SELECT id, organization_id, name, '', '', '', '', '', true, '', '', false, true, now(), now()"
            " FROM incoming ON CONFLICT (id) DO UPDATE SET name = excluded.name"
        )
        assert Product.objects.count() == 3


def test_copy_straight_into_a_protected_table_is_refused(cast):
    with scope(cast.wholesaler), connection.cursor() as cursor:
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            with cursor.copy("COPY core_job (name) FROM STDIN") as copy:
                copy.write_row(("core.sweep",))


# --- nesting


SCOPES = st.sampled_from(
    [
        {"organization": UUID(int=1)},
        {"organization": UUID(int=2), "user": UUID(int=9)},
        {"organization": UUID(int=3), "reads": (UUID(int=1), UUID(int=2))},
        {"everyone": "test"},
        {},
    ]
)
PROGRAMS = st.recursive(
    st.sampled_from(["look", "raise", "break", "undo", "drop"]),
    lambda inner: st.tuples(
        st.one_of(SCOPES, st.sampled_from(["atomic", "joined", "try"])), st.lists(inner, min_size=1, max_size=4)
    ),
    max_leaves=14,
)


class Thrown(Exception):
    pass


def act(word: str) -> None:
    if word == "raise":
        raise Thrown
    if word == "break":
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    if word == "undo" and connection.in_atomic_block:
        transaction.set_rollback(True)
    if word == "drop" and not connection.in_atomic_block:
        connection.close()


def perform(program, looks: list) -> None:
    if isinstance(program, str):
        act(program)
    else:
        how, steps = program
        try:
            with block(how):
                for step in steps:
                    perform(step, looks)
        except (Thrown, Exception):
            if how != "try":
                raise
    if usable():
        looks.append(1)
        assert told() == wanted()


def block(how):
    if isinstance(how, dict):
        return scope(**how)
    if how == "try":
        return transaction.atomic()
    return transaction.atomic(savepoint=how == "atomic")


def usable() -> bool:
    return not (connection.needs_rollback or (connection.connection and _broken()))


def _broken() -> bool:
    return connection.connection.info.transaction_status.name == "INERROR"


@pytest.mark.django_db(transaction=True)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs=st.lists(PROGRAMS, min_size=1, max_size=3))
def test_after_every_step_of_any_program_the_database_was_told_the_ambient_scope(programs):
    for program in programs:
        try:
            perform(program, [])
        except (Thrown, Exception) as error:
            if isinstance(error, AssertionError):
                raise
        assert current() == NOBODY
        assert told() == wanted()


@pytest.mark.django_db(transaction=True)
def test_a_scope_that_ends_in_a_broken_transaction_lets_the_error_itself_through():
    with pytest.raises(DataError), transaction.atomic(), scope(uuid4()):
        act("break")
    with transaction.atomic(), scope(uuid4()):
        act("undo")
    assert told() == wanted()


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_takes_up_the_scope_it_is_opened_in():
    organization = uuid4()
    with scope(organization):
        connection.close()
        assert told() == ("reup_app", str(organization), "", "")
        with scope(everyone="test"):
            connection.close()
            assert told()[0] == "reup_everyone"
        assert told() == ("reup_app", str(organization), "", "")
    assert told() == ("reup_app", "", "", "")


@pytest.mark.django_db(transaction=True)
def test_a_lost_connection_leaves_the_scope_as_it_was_and_the_next_one_has_it():
    organization = uuid4()
    with scope(organization):
        with pytest.raises(OperationalError), scope(everyone="test"):
            cut_off(connection)
            Organization.objects.count()
        connection.close()
        assert told() == ("reup_app", str(organization), "", "")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_can_not_leave_the_owners_role_is_not_used(monkeypatch):
    from apps.core import roles

    monkeypatch.setattr(roles.settings, "REUP_DB_ROLES", ("reup_app", "reup_everyone", "reup_missing"))
    connection.close()
    for _ in range(2):
        with pytest.raises(Exception, match="no ReUp roles"), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
    monkeypatch.undo()
    assert told()[0] == "reup_app"


@pytest.mark.django_db(transaction=True)
def test_a_thread_starts_without_the_scope_of_its_maker():
    seen = []

    def look():
        seen.append((current(), told()))
        connection.close()

    with scope(uuid4()):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [(NOBODY, ("reup_app", "", "", ""))]
