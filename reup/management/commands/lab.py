"""A fault run of tests/lab with its control; exit 1 when a promise broke. `manage.py lab list` names them."""

import importlib
import logging
import pkgutil

from django.core.management.base import CommandError

from apps.core.management.json_command import JsonCommand
from reup.bench.ground import own_ground
from reup.local.places import ROOT
from reup.local.signals import Stopped, stopping

FOLDER = "tests.lab"
HELPERS = {"submitter"}


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("name", help="a fault run, or: list")
        parser.add_argument("--events", type=int, help="acts of the run; the full figure of each unless given")
        parser.add_argument("--seed", type=int, default=1)

    def answer(self, options):
        if options["name"] == "list":
            return {"labs": {name: _about(name) for name in labs()}}, False
        if options["name"] not in labs():
            raise CommandError(f"There is no lab {options['name']!r}. There are: {', '.join(labs())}", returncode=2)
        lab = importlib.import_module(f"{FOLDER}.{options['name']}")
        events = lab.EVENTS if options["events"] is None else options["events"]
        if not 0 < events <= 100_000:
            raise CommandError("--events is 1 to 100,000.", returncode=2)
        logging.disable(logging.CRITICAL)
        try:
            with stopping(), own_ground():
                document, kept = lab.run(events=events, seed=options["seed"])
        except Stopped as stopped:
            raise CommandError("Stopped; the database is dropped.", returncode=128 + stopped.number)
        finally:
            logging.disable(logging.NOTSET)
        return document, not kept

    def lines(self, document):
        if "labs" in document:
            return [f"{name:<10} {text}" for name, text in document["labs"].items()]
        return super().lines(document)


def labs() -> list[str]:
    found = {module.name for module in pkgutil.iter_modules([str(ROOT / "tests" / "lab")])}
    return sorted(name for name in found - HELPERS if name[:1] != "_")


def _about(name: str) -> str:
    return (importlib.import_module(f"{FOLDER}.{name}").__doc__ or "").strip().split("\n")[0]
