"""Measure a workload of tests/bench beside its peers and its limit: `manage.py bench NAME`; `bench list` names them."""

import importlib
import logging
import pkgutil

from django.core.management.base import CommandError

from apps.core.management.json_command import JsonCommand
from reup.bench import table
from reup.bench.bench import Bench, WrongAnswer
from reup.bench.ground import own_ground
from reup.local.places import ROOT, LocalError
from reup.local.signals import Stopped, stopping

FOLDER = "tests.bench"


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("name", help="a workload, or: list")
        parser.add_argument("--quick", action="store_true", help="smaller sizes, within a minute")
        parser.add_argument("--check", action="store_true", help="exit 1 when a goal isn't met")
        parser.add_argument("--rounds", type=int, help="turns for each contestant")

    def answer(self, options):
        known = workloads()
        if options["name"] == "list":
            return {"workloads": {name: about(name) for name in known}}, False
        if options["name"] not in known:
            raise CommandError(f"There is no workload {options['name']!r}. There are: {', '.join(known)}", returncode=2)
        if options["rounds"] is not None and options["rounds"] < 1:
            raise CommandError("--rounds has to be at least 1.", returncode=2)
        bench = measure(options["name"], quick=options["quick"], rounds=options["rounds"])
        for text in bench.notes:
            self.stderr.write(text)
        return bench.document(), options["check"] and not all(goal["met"] for goal in bench.goals)

    def lines(self, document):
        if "workloads" in document:
            return [f"{name:<10} {text}" for name, text in document["workloads"].items()]
        return table.lines(document)


def workloads() -> list[str]:
    found = [module.name for module in pkgutil.iter_modules([str(ROOT / "tests" / "bench")])]
    return sorted(name for name in found if not name.startswith(("_", "test_")))


def about(name: str) -> str:
    return (importlib.import_module(f"{FOLDER}.{name}").__doc__ or "").strip().split("\n")[0]


def measure(name: str, *, quick: bool, rounds: int | None) -> Bench:
    """Run the workload, its `run(bench)`, on ground of its own."""
    workload = importlib.import_module(f"{FOLDER}.{name}")
    bench = Bench(name, quick=quick, rounds=rounds or (3 if quick else 5))
    logging.disable(logging.INFO)
    try:
        with stopping(), own_ground():
            workload.run(bench)
    except (WrongAnswer, LocalError) as wrong:
        raise CommandError(str(wrong))
    except Stopped as stopped:
        raise CommandError("Stopped; the database is dropped.", returncode=128 + stopped.number)
    finally:
        logging.disable(logging.NOTSET)
    return bench
