"""What a run writes: bytes of log and row versions, on an engine of its own where nobody else writes."""

import tempfile
from functools import partial
from pathlib import Path

from django.core.management import call_command

from reup.bench.bench import Bench
from reup.bench.child import run_apart
from reup.local.engines import Postgres

from . import ours, peers

STORES, ROWS, TURNS = 2, 4_000, 5
TABLES = ("catalog_stockitem", "catalog_product", "catalog_stockchange")


def run(bench: Bench) -> None:
    found = measured()
    bench.goal("rows of stock, products and changes written when nothing changed", found["rows"], at_most=0, reach=0)
    bench.goal("log written at 1 % changed, share of one upsert a row", found["share"], at_most=0.04, reach=0.02)


def measured() -> dict:
    """`rows` written where nothing changed; `ours` and `theirs`, bytes of log where 1 % did; `share`. Deterministic:
    the engine runs with `full_page_writes` off, and checkpoints write nothing that counts."""
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder) / "pg", throwaway=True) as engine:
        return run_apart(__name__, environment={"DATABASE_URL": engine.url})


def main() -> dict:
    call_command("migrate", verbosity=0)
    line = peers.plain_line()
    line.execute("ALTER SYSTEM SET autovacuum = off")  # what it writes, and when, is not the sync's
    line.execute("SELECT pg_reload_conf()")
    stores = ours.open_stores(STORES, ROWS)
    peers.make_tables(line)

    def cycle(*, predecessor: bool = False) -> None:
        for store in stores:
            body = store.body()
            _ = peers.one_upsert_a_row(line, store, body) if predecessor else ours.sync(store, body)

    def changed(work) -> None:
        for store in stores:
            store.change(0.01)
        work()

    for _ in range(2):  # until tables, links and the staging table stand
        cycle()
        cycle(predecessor=True)
    line.execute("VACUUM")
    line.execute("CHECKPOINT")
    before = _versions(line)
    cycle()
    rows = _versions(line) - before
    mine = [_log(line, partial(changed, cycle)) for _ in range(TURNS)]
    theirs = _log(line, partial(changed, partial(cycle, predecessor=True)))
    return {"rows": rows, "ours": sum(mine) // TURNS, "theirs": theirs, "share": sum(mine) / TURNS / theirs}


def _versions(line) -> int:
    """Row versions made so far in the tables that hold stock."""
    line.execute("SELECT pg_stat_force_next_flush()")
    [(count,)] = line.execute(
        "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables WHERE relname = ANY(%s)",
        [list(TABLES)],
    )
    return count


def _log(line, work) -> int:
    asked = "SELECT pg_current_wal_insert_lsn()"
    [(before,)] = line.execute(asked)
    work()
    [(written,)] = line.execute("SELECT pg_current_wal_insert_lsn() - %s::pg_lsn", [before])
    return int(written)
