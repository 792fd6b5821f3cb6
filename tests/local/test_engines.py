"""The engines by themselves: real servers, started and killed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from reup.local.engines import Postgres, Redis
from reup.local.engines.account import run_as
from reup.local.places import ROOT, LocalError, make_private, socket_path


def ask(postgres: Postgres, question: str):
    with psycopg.connect(postgres.url) as connection:
        return connection.execute(question).fetchone()[0]


def do(postgres: Postgres, command: str) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute(command)


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has waited for yet counts."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_a_new_postgres_holds_an_empty_utf8_database_and_listens_on_a_private_socket_only(var):
    with Postgres(var / "pg", throwaway=True) as postgres:
        assert ask(postgres, "SELECT current_database()") == "reup"
        assert ask(postgres, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
        assert ask(postgres, "SHOW server_encoding") == "UTF8"
        assert ask(postgres, "SHOW listen_addresses") == ""
        assert postgres.sockets.stat().st_mode & 0o777 == 0o700


def test_durability_is_traded_away_only_where_the_data_are_thrown_away(var):
    with Postgres(var / "kept") as kept, Postgres(var / "thrown", throwaway=True) as thrown:
        assert ask(kept, "SHOW fsync") == "on"
        assert ask(thrown, "SHOW fsync") == "off"
    Postgres(var / "kept").remove()


def test_rows_committed_before_a_sigkill_are_there_after_the_next_start(var):
    with Postgres(var / "pg") as postgres:
        do(postgres, "CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        postgres.kill()
        assert postgres.process is None

        postgres.start()

        assert ask(postgres, "SELECT count(*) FROM kept") == 1000


def test_a_pid_file_that_names_somebody_elses_process_does_not_keep_postgres_from_starting(var):
    with Postgres(var / "pg") as postgres:
        pid_file = postgres.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        postgres.stop()
        stranger = subprocess.Popen(["sleep", "60"], cwd="/", **run_as(postgres.account))
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]))

        postgres.start()

        assert ask(postgres, "SELECT 1") == 1
        stranger.kill()
        stranger.wait()


def test_an_initdb_that_was_cut_short_is_done_again(var):
    postgres = Postgres(var / "pg")
    (postgres.home / "data.new").mkdir(parents=True)
    (postgres.home / "data.new" / "PG_VERSION").write_text("18\n")

    with postgres:
        assert ask(postgres, "SELECT 1") == 1


def test_a_postgres_that_cannot_start_says_why_in_its_own_words(var):
    with Postgres(var / "pg") as postgres:
        postgres.stop()
        (postgres.data / "PG_VERSION").write_text("9.6\n")

        with pytest.raises(LocalError, match="initialized by PostgreSQL version 9.6"):
            postgres.start()


def test_redis_keeps_what_it_was_told_over_a_sigkill_and_a_restart(var):
    with Redis(var / "redis") as server:
        redis.Redis.from_url(server.url).set("deal", "42")
        time.sleep(1.2)  # appendfsync everysec
        server.kill()
        server.start()
        assert redis.Redis.from_url(server.url).get("deal") == b"42"


def test_throwaway_engines_leave_nothing_behind(var):
    with Postgres(var / "pg", throwaway=True) as postgres, Redis(var / "redis", throwaway=True) as server:
        assert postgres.home.exists()
        assert server.home.exists()

    assert not postgres.home.exists()
    assert not server.home.exists()


def test_engines_end_with_the_program_that_started_them_even_by_sigkill(var):
    program = (
        "import sys, time; from pathlib import Path; from reup.local.engines import *; folder = Path(sys.argv[1]);"
        "pg = Postgres(folder / 'pg'); pg.start(); r = Redis(folder / 'redis'); r.start();"
        "print(pg.process.pid, r.process.pid, flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", program, str(var)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    pids = [int(pid) for pid in starter.stdout.readline().split()]
    assert [gone(pid) for pid in pids] == [False, False]

    starter.send_signal(signal.SIGKILL)
    starter.wait()

    deadline = time.monotonic() + 10
    while not all(map(gone, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [gone(pid) for pid in pids] == [True, True]


def test_a_clone_under_a_very_long_path_still_gets_its_engines(var):
    deep = var / ("a-clone-in-a-folder-with-a-name-of-forty-8" * 3)
    with Postgres(deep / "pg", throwaway=True) as postgres, Redis(deep / "redis", throwaway=True) as server:
        assert ask(postgres, "SELECT 1") == 1
        assert redis.Redis.from_url(server.url).ping()
        assert socket_path(deep / "redis").parent == Path("/tmp")

    assert not postgres.sockets.exists()
    assert not server.sockets.exists()


def test_a_path_that_a_url_could_not_hold_as_it_is_still_gets_its_engines(var):
    spaced = var / "my clone (2) of 50%"
    with Postgres(spaced / "pg", throwaway=True) as postgres, Redis(spaced / "redis", throwaway=True) as server:
        assert ask(postgres, "SELECT 1") == 1
        assert redis.Redis.from_url(server.url).ping()


def test_a_socket_folder_that_somebody_else_put_there_is_refused(var):
    (var / "theirs").mkdir()
    (var / "s").symlink_to(var / "theirs")

    with pytest.raises(LocalError, match="belongs to somebody else"):
        make_private(var / "s", owner=os.getuid())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_under_roots_closed_home_programs_and_data_move_out_and_the_home_stays_closed(var):
    closed = var / "closed"
    closed.mkdir(mode=0o700)

    with Postgres(closed / "pg", throwaway=True) as postgres:
        assert ask(postgres, "SELECT 1") == 1
        assert postgres.home.is_relative_to("/var/lib/reup")

    assert closed.stat().st_mode & 0o777 == 0o700
    assert not list(closed.iterdir())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_under_roots_closed_home_data_stay_with_their_clone_and_a_fresh_clone_in_its_place_starts_afresh(var):
    clone = var / "closed" / "clone"
    clone.parent.mkdir(mode=0o700)
    with Postgres(clone / "pg") as first:
        do(first, "CREATE TABLE kept AS SELECT 42 AS n")
    with Postgres(clone / "pg") as second:
        assert ask(second, "SELECT n FROM kept") == 42

    shutil.rmtree(clone)

    with Postgres(clone / "pg", throwaway=True) as fresh:
        assert ask(fresh, "SELECT to_regclass('kept')") is None
    first.remove()
