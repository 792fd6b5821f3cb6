"""Secrets, locks and ports: what two starts at once must not share, and nobody else may read."""

import socket

import pytest

from reup.local import running
from reup.local.places import LocalError, locked, make_secrets, socket_path
from reup.local.ports import is_free, reserved


def test_secrets_are_made_once_for_their_owner_only(tmp_path):
    make_secrets(tmp_path / "var")
    made = {path.name: path.read_text() for path in (tmp_path / "var").iterdir()}
    make_secrets(tmp_path / "var")

    assert {name: len(text.strip()) for name, text in made.items()} == {"secret": 96, "keys": 64}
    for name, text in made.items():
        path = tmp_path / "var" / name
        assert path.read_text() == text
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_lock_is_held_by_one_at_a_time(tmp_path):
    with locked(tmp_path / "lock") as first, locked(tmp_path / "lock", wait=False) as second:
        assert (first, second) == (True, False)
    with locked(tmp_path / "lock", wait=False) as third:
        assert third


def test_a_socket_stays_in_its_folder_until_the_path_gets_too_long(tmp_path):
    short, long = tmp_path.parent / "a", tmp_path / ("b" * 90)
    assert socket_path(short) == short / "s"
    assert len(str(socket_path(long))) < 40
    assert socket_path(long) != socket_path(long / "c")


def test_a_port_that_somebody_listens_on_is_passed_over():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert not is_free(port)
        with reserved(port) as taken:
            assert taken > port
        with pytest.raises(LocalError, match=f"port {port} is in use"), reserved(port, only=True):
            pass


def test_two_starts_at_once_do_not_take_the_same_port():
    with reserved(18100) as first, reserved(18100) as second:
        assert first != second
    with reserved(first, only=True) as again:
        assert again == first


def test_what_a_running_up_left_counts_only_while_it_runs(tmp_path):
    with locked(running.lock(tmp_path)):
        running.note({"url": "http://127.0.0.1:8000"}, var=tmp_path)
        assert running.facts(var=tmp_path) == {"url": "http://127.0.0.1:8000"}
    assert running.facts(var=tmp_path) == {}
    assert (tmp_path / "up.json").stat().st_mode & 0o777 == 0o600
