"""Case 37: our client calls what METRC publishes and nothing else; what a state may come to publish is data."""

import ast
from pathlib import Path

import pytest
from django.conf import settings

from apps.sandbox.metrc.doors import DOORS, find

ROOT = Path(settings.ROOT)
CLIENT = ROOT / "apps" / "gateways" / "metrc"
INVENTED = ("receive", "accept", "register", "external/outgoing", "licensed", "depart")


def paths_in(folder: Path) -> set[str]:
    """Every address written down in the code, with {id} for what is filled in."""
    found = set()
    for file in folder.rglob("*.py"):
        tree = ast.parse(file.read_text())
        names = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(getattr(node.value, "value", None), str)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if id(node) not in inside and (text := _text(node, names)).startswith("/"):
                found.add(text.rstrip("/"))
    return found


def _text(node, names: dict) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(_filled(part, names) for part in node.values)


def _filled(part, names: dict) -> str:
    if isinstance(part, ast.Constant):
        return part.value
    known = isinstance(part.value, ast.Name) and names.get(part.value.id)
    return known or "{id}"


def test_every_path_our_client_knows_is_published():
    known = paths_in(CLIENT)
    published = {path for _method, path in DOORS} | {f"/packages/v2/{shelf}" for shelf in ("{id}",)}
    published |= {"/transfers/v2/{id}"}  # a way: incoming, outgoing, rejected

    assert len(known) > 20
    assert known - published == set()


def test_no_path_that_receives_or_registers_is_written_down_anywhere_in_our_code():
    ours = [ROOT / "reup", *(app for app in (ROOT / "apps").iterdir() if app.is_dir() and app.name != "sandbox")]
    wrong = {
        path for folder in ours for path in paths_in(folder) if "/v2/" in path for word in INVENTED if word in path
    }

    assert wrong == set()


@pytest.mark.parametrize("word", INVENTED)
def test_the_emulator_publishes_none_of_them_either(word):
    assert {path for _method, path in DOORS if word in path and "hub" not in path} == set()
    assert find("POST", f"/transfers/v2/{word}") == (None, {})
