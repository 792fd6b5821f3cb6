"""The counter itself, and the house rule that a guest house imports nobody."""

import ast
import socket
from pathlib import Path

import apps.sandbox


def test_it_listens_on_loopback_only(pos):
    assert pos.server._counters[0].server_address[0] == "127.0.0.1"


def test_a_body_of_unknown_length_is_refused_and_the_connection_closed(pos):
    with socket.create_connection(("127.0.0.1", pos.server._counters[0].server_port), timeout=5) as line:
        line.sendall(b"POST /brand HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 411 ")
        assert line.recv(1000) == b""


def test_a_defect_of_the_emulator_is_500_and_does_not_end_it(pos, monkeypatch, caplog):
    monkeypatch.setattr(pos.server.vendor, "caller", lambda view, request: 1 / 0)
    assert pos.get("/brand").status_code == 500
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.undo()
    assert pos.get("/brand").status_code == 200


def test_the_emulators_import_nobody_of_ours():
    folder = Path(apps.sandbox.__file__).parent
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in getattr(node, "names", [])] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                assert not name.startswith(("apps.", "reup")) or name.startswith("apps.sandbox"), f"{path}: {name}"
                assert not name.startswith("django.db"), f"{path}: {name}"
