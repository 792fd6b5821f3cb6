"""Which PostgreSQL role a connection works under.

The user of DATABASE_URL owns the tables and only migrates. All else works as `reup_app`, which row-level security
binds, or, inside `scope(everyone="why")`, as `reup_everyone`, whose policies show every row. Neither may log in or
bypass policies.
"""

from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.db import OperationalError, connection

from . import scope

_owner: ContextVar[bool] = ContextVar("owner", default=False)
APPEND_ONLY = {"core_auditentry"}

MAKE = """
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['reup_app', 'reup_everyone'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', wanted);
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL;
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'ReUp needs the roles reup_app and reup_everyone. Let an administrator run: '
          'CREATE ROLE reup_app; CREATE ROLE reup_everyone; GRANT reup_app, reup_everyone TO %;', current_user;
    END;
    IF NOT pg_has_role(current_user, wanted, 'MEMBER') THEN
      EXECUTE format('GRANT %I TO CURRENT_USER', wanted);
    END IF;
  END LOOP;
END $$;
"""


def step_into_role(*, connection, **_) -> None:
    """Every new connection leaves the owner's role before its first query, and takes up the scope it was opened in."""
    if connection.alias != "default" or _owner.get():
        return
    try:
        _step(connection)
    except BaseException:
        connection.close()  # or the next query would run as the owner
        raise


def _step(connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(settings.REUP_DB_ROLES)])
        if cursor.fetchone()[0] < len(settings.REUP_DB_ROLES):
            raise OperationalError("This database has no ReUp roles yet. Run: python3 manage.py migrate")
    scope.apply(connection)


@contextmanager
def as_owner():
    """Work as the tables' owner: for migrations and the tests' clean-up, nothing else."""
    token = _owner.set(True)
    try:
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('role', 'none', false)")
        yield
    finally:
        _owner.reset(token)
        if connection.connection is not None and not _owner.get():
            if connection.in_atomic_block:
                scope.apply(connection)
            else:
                connection.close()  # the next query opens one under the right role


def grant(**_) -> None:
    """After each migrate: both roles may use every table, but nobody may change an append-only one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = 'reup_app'")
        if not cursor.fetchone()[0]:
            return
        both = ", ".join(settings.REUP_DB_ROLES)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {both}")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {both}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {both}")
        cursor.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {both}")
        for table in APPEND_ONLY:
            cursor.execute("SELECT to_regclass(%s)", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {both}")
