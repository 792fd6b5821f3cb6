"""manage.py before there is a .venv: what it checks, what it says, when it installs again."""

import ast
import importlib.util
import re
import runpy
import sys

import pytest

from reup.local.places import ROOT

LOCK = """ruff==1 \\
    --hash=sha256:11
uv==0.13.8 \\
    --hash=sha256:22 \\
    --hash=sha256:33
    # via reup
zeal==2
"""


@pytest.fixture
def manage(tmp_path, monkeypatch):
    """manage.py as a module, at home in a clone of its own with two small lock files."""
    spec = importlib.util.spec_from_file_location("manage_under_test", ROOT / "manage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "tests").mkdir()
    (tmp_path / "requirements.txt").write_text("django==5.2.19 --hash=sha256:00\n")
    (tmp_path / "tests" / "requirements.txt").write_text(LOCK)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "reup.stamp")
    monkeypatch.setattr(module, "RUN", tmp_path / "requirements.txt")
    monkeypatch.setattr(module, "TOOLS", tmp_path / "tests" / "requirements.txt")
    return module


@pytest.fixture
def installs(manage, monkeypatch):
    """What would be installed, in order; each install succeeds at once."""
    done = []

    def make_venv():
        (manage.VENV / "bin").mkdir(parents=True)
        (manage.VENV / "bin" / "pip").touch()
        version = ".".join(map(str, sys.version_info[:3]))
        (manage.VENV / "pyvenv.cfg").write_text(f"version = {version}\ncommand = python -m venv {manage.VENV}\n")
        done.append("venv")

    monkeypatch.setattr(manage, "make_venv", make_venv)
    monkeypatch.setattr(manage, "install_with_uv", lambda locks: done.append([lock.name for lock in locks]) or True)
    return done


def test_packages_are_installed_once_and_again_when_a_lock_file_changes(manage, installs):
    manage.ensure_venv(tools=False)
    manage.ensure_venv(tools=False)
    assert installs == ["venv", ["requirements.txt"]]

    manage.RUN.write_text("django==5.2.20\n")
    manage.ensure_venv(tools=False)
    assert installs[2:] == [["requirements.txt"]]


def test_tools_once_installed_stay_when_up_follows_test(manage, installs):
    manage.ensure_venv(tools=True)
    manage.ensure_venv(tools=False)
    assert installs == ["venv", ["requirements.txt", "requirements.txt"]]

    manage.RUN.write_text("django==5.2.20\n")
    manage.ensure_venv(tools=False)
    assert installs[2] == ["requirements.txt", "requirements.txt"]


def test_an_install_that_failed_is_tried_again_by_the_next_command(manage, installs, monkeypatch):
    monkeypatch.setattr(manage, "install_with_pip", lambda locks: False)
    with monkeypatch.context() as broken:
        broken.setattr(manage, "install_with_uv", lambda locks: False)
        with pytest.raises(SystemExit):
            manage.ensure_venv(tools=False)
    manage.ensure_venv(tools=False)
    assert installs == ["venv", ["requirements.txt"]]


@pytest.mark.parametrize(
    "config",
    [
        "version = 3.9.1\ncommand = python -m venv {venv}\n",
        "version = {version}\ncommand = python -m venv /elsewhere/.venv\n",
        "",
    ],
    ids=["another Python's", "copied from elsewhere", "cut short"],
)
def test_a_venv_that_does_not_fit_is_not_used(manage, installs, config):
    manage.make_venv()
    assert manage.venv_fits()
    version = ".".join(map(str, sys.version_info[:3]))
    (manage.VENV / "pyvenv.cfg").write_text(config.format(venv=manage.VENV, version=version))
    assert not manage.venv_fits()


def test_the_installer_itself_is_held_to_its_hashes(manage):
    assert manage.uv_lines().split() == [
        *("uv==0.13.8", "\\", "--hash=sha256:22", "\\", "--hash=sha256:33", "#", "via", "reup")
    ]


def test_the_real_lock_file_names_uv_with_hashes():
    entry = re.search(r"^uv==[\d.]+ \\\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", _lock(), re.MULTILINE)
    assert entry


def _lock() -> str:
    return (ROOT / "tests" / "requirements.txt").read_text()


def test_a_house_index_that_pip_knows_is_told_to_uv(manage, monkeypatch):
    class Listed:
        stdout = "global.cert='/etc/ssl/ca.crt'\nglobal.index-url='https://pypi.house.example/simple'\n"

    monkeypatch.setattr(manage, "pip", lambda *_, **__: Listed)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    assert manage.uv_environment()["UV_DEFAULT_INDEX"] == "https://pypi.house.example/simple"

    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://chosen.example/simple")
    assert manage.uv_environment()["UV_DEFAULT_INDEX"] == "https://chosen.example/simple"


def test_a_python_without_venv_is_told_the_apt_line(manage, monkeypatch, capsys):
    monkeypatch.setattr(manage.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        manage.make_venv()
    assert "apt-get install python3-venv" in capsys.readouterr().err


def test_an_older_python_can_read_the_file_and_is_told_what_is_needed(monkeypatch, capsys):
    ast.parse((ROOT / "manage.py").read_text(), feature_version=(3, 7))
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit):
        runpy.run_path(str(ROOT / "manage.py"))
    assert capsys.readouterr().err == "ReUp needs Python 3.11 or newer; this is 3.10.\n"
