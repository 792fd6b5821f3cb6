"""Operations for migrations: tenant tables, append-only tables. What the database itself keeps, whoever asks."""

from django.db.migrations import RunSQL

OWN = "{column} = (SELECT nullif(current_setting('app.org', true), '')::uuid)"
SHARED = (
    "{column} = ANY (coalesce("
    "(SELECT string_to_array(nullif(current_setting('app.reads', true), ''), ',')::uuid[]), '{{}}'))"
)
PERSON = "{column} = (SELECT nullif(current_setting('app.user', true), '')::uuid)"

REFUSE = (
    "CREATE OR REPLACE FUNCTION reup_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$"
)
EACH = " FOR EACH ROW EXECUTE FUNCTION reup_refuse()"


def tenant(table: str, *, own=("organization_id",), mine=(), seen=(), shared=(), person=(), post=False) -> RunSQL:
    """Row-level security for a table; each argument names columns.

    own: the organization that may read and write the row; mine: the user who may. seen: another organization that may
    read it; shared: one whose rows a connected one may read; person: a user who may read it. post: anyone may insert (a
    letter for somebody else).
    """
    write = " OR ".join(
        [OWN.format(column=column) for column in own] + [PERSON.format(column=column) for column in mine]
    )
    read = [
        *[OWN.format(column=column) for column in seen],
        *[SHARED.format(column=column) for column in shared],
        *[PERSON.format(column=column) for column in person],
    ]
    lines = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own ON {table} TO reup_app USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY everyone ON {table} TO reup_everyone USING (true) WITH CHECK (true)",
    ]
    if read:
        lines.append(f"CREATE POLICY shown ON {table} FOR SELECT TO reup_app USING ({' OR '.join(read)})")
    if post:
        lines.append(f"CREATE POLICY post ON {table} FOR INSERT TO reup_app WITH CHECK (true)")
    return RunSQL(lines, RunSQL.noop)


def unchanging(table: str) -> RunSQL:
    """A row stays as it was written; it goes only with what it belongs to."""
    return RunSQL([REFUSE, f"CREATE TRIGGER refuse_change BEFORE UPDATE ON {table}" + EACH], RunSQL.noop)


def append_only(table: str) -> RunSQL:
    """Rows may only be added; the database refuses the rest even to the tables' owner, until he drops the triggers."""
    return RunSQL(
        [
            REFUSE,
            f"CREATE TRIGGER refuse_rewrite BEFORE UPDATE OR DELETE ON {table}" + EACH,
            f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION reup_refuse()",
        ],
        RunSQL.noop,
    )


def filled(statement: str, *tables: str) -> RunSQL:
    """A statement over all rows of these tables, whoever owns them: policies bind the tables' owner too, and would show
    him none. For a migration that changes data alone."""
    free = [f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in tables]
    bound = [f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in tables]
    return RunSQL(["SET CONSTRAINTS ALL IMMEDIATE", *free, statement, *bound], RunSQL.noop)
