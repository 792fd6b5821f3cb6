"""Pair two product lists by SKU, UPC and name, one to one, each pair with its why. Needs neither database nor Redis."""

import csv
import resource
import time
from pathlib import Path

from django.core.management.base import CommandError

from apps.catalog.matching import Item, Pair, match_lists
from apps.catalog.matching.rows import BadList, read_rows
from apps.core.management.json_command import JsonCommand

COLUMNS = ["left_id", "right_id", "score", "tier", "band", "why"]


class Command(JsonCommand):
    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "left", type=Path, metavar="LEFT.csv", help="columns id,name and brand,price,size,upc,sku,description"
        )
        parser.add_argument("right", type=Path, metavar="RIGHT.csv", help="the same columns")
        parser.add_argument("--out", type=Path, required=True, metavar="PAIRS.csv", help=",".join(COLUMNS))

    def answer(self, options):
        began = time.perf_counter()
        left, right = _read(options["left"]), _read(options["right"])
        pairs = match_lists(left, right)
        _write(options["out"], pairs)
        seconds = round(time.perf_counter() - began, 3)
        counts = {"left": len(left), "right": len(right), "pairs": len(pairs)}
        return counts | {"seconds": seconds, "peak_mb": _peak_mb()}, False


def _read(path: Path) -> list[Item]:
    try:
        return read_rows(path.read_bytes(), str(path))
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.", returncode=2)
    except BadList as error:
        raise CommandError(str(error), returncode=2)


def _write(path: Path, pairs: list[Pair]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            out.writerows([getattr(pair, column) for column in COLUMNS] for pair in pairs)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.", returncode=2)


def _peak_mb() -> float:
    """The most memory this process has held, in MB (the kernel counts kB)."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
