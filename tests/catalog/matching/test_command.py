"""`match_products` as a person or a script calls it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
AWAY = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0", "REUP_NO_VENV": "1"}
RIGHT = 'id,name,price\na,"Nova 1 gram preroll, Jeeter",9\nb,Sony PS-LX350H Turntable,90\n'


def match_products(*arguments):
    away = {
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "REUP_NO_VENV": "1",
    }
    command = [sys.executable, str(ROOT / "manage.py"), "match_products", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=os.environ | away, cwd=ROOT, check=False)


@pytest.fixture
def lists(tmp_path):
    (tmp_path / "left.csv").write_text("id,name\n1,Jeeter Nova preroll 1g\n2,Turntable PSLX350H\n")
    (tmp_path / "right.csv").write_text(RIGHT)
    return tmp_path


def test_pairs_are_written_and_counted_without_database_or_redis(lists):
    done = match_products(lists / "left.csv", lists / "right.csv", "--out", lists / "pairs.csv", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert {key: document[key] for key in ("left", "right", "pairs")} == {"left": 2, "right": 2, "pairs": 2}
    assert document["seconds"] > 0
    assert document["peak_mb"] > 1
    rows = list(csv.DictReader((lists / "pairs.csv").open()))
    assert list(rows[0]) == ["left_id", "right_id", "score", "tier", "band", "why"]
    assert {(row["left_id"], row["right_id"]) for row in rows} == {("1", "a"), ("2", "b")}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lists: (lists / "left.csv").unlink(), "left.csv can't be read"),
        (lambda lists: (lists / "left.csv").write_text("id,title\n1,x\n"), "has no column name"),
        (lambda lists: (lists / "pairs.csv").mkdir(), "pairs.csv can't be written"),
    ],
)
def test_a_bad_file_is_told_and_ends_with_2(lists, change, told):
    change(lists)
    done = match_products(lists / "left.csv", lists / "right.csv", "--out", lists / "pairs.csv")
    assert done.returncode == 2
    assert told in done.stderr


def test_a_missing_argument_ends_with_2(lists):
    assert match_products(lists / "left.csv").returncode == 2
