"""Read stores' inventory now; a sync already running is waited for. Exit 1 when a run failed or is held."""

from django.core.management.base import CommandError

from apps.accounts.models import Location
from apps.catalog.models import ProductLink, QuarantinedRow, StockItem
from apps.catalog.sync import sync_inventory
from apps.core.locks import in_turn
from apps.core.management.json_command import JsonCommand
from apps.core.models import RunState, SyncRun
from apps.core.scope import scope

LONGEST_WAIT = 600  # seconds for a sync that is at work
SHOWN = 50  # reviews and quarantined rows told of a run; the counts tell of all
COUNTS = ["fetched", "matched", "new", "review", "created", "updated", "unchanged", "gone", "quarantined", "put_off"]


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument(
            "--location",
            action="append",
            default=[],
            metavar="ID",
            help="our UUID or Dutchie's store number; repeatable",
        )

    def answer(self, options):
        runs = [_pull(location) for location in _locations(options["location"])]
        failed = any(run.state in (RunState.FAILED, RunState.HELD) for run in runs)
        return {"runs": [_shown(run) for run in runs]}, failed

    def lines(self, document):
        for run in document["runs"]:
            yield f"Run {run['run']}, {run['name']}: {run['state']}"
            for phase in run["phases"]:
                yield f"  {phase['name']:<10} {phase['state']:<10} {phase['seconds']:>8.3f} s  {phase['detail']}"
            for review in run["reviews"]:
                yield f"  to review: {review['name']}: {review['reason']}"
            for row in run["quarantine"]:
                yield f"  row {row['position']} kept aside: {' '.join(why['text'] for why in row['reasons'])}"


def _locations(wanted: list[str]) -> list[Location]:
    with scope(everyone="sync_inventory command"):
        if not wanted:
            return list(Location.objects.synced())
        return [location for text in wanted for location in _named(text)]


def _named(text: str) -> list[Location]:
    try:
        found = list(Location.objects.named(text))
    except ValueError:
        found = []
    if not found:
        raise CommandError(f"No location is {text!r}: give our UUID or Dutchie's store number.", returncode=2)
    return found


def _pull(location: Location) -> SyncRun:
    with scope(location.organization_id), in_turn(f"inventory:{location.pk}", seconds=LONGEST_WAIT) as lease:
        return sync_inventory(location=location, trigger="command", lease=lease).run


def _shown(run: SyncRun) -> dict:
    with scope(run.organization_id):
        steps = list(run.steps.all())
        reviews, quarantine = _reviews(run), _quarantine(run)
    counts = {key: run.counts.get(key, 0) for key in COUNTS}
    phases = [
        {"name": step.name, "state": step.state, "seconds": step.seconds, "count": step.count, "detail": step.detail}
        for step in steps
    ]
    head = {"run": run.pk, "location": str(run.location_id), "name": run.location_name, "state": run.state}
    return head | counts | {"reviews": reviews, "quarantine": quarantine, "error": run.error, "phases": phases}


def _reviews(run: SyncRun) -> list[dict]:
    """Products on this shelf that wait for staff, the oldest first."""
    here = StockItem.objects.filter(location_id=run.location_id).present().values("link_id")
    return [
        {
            "name": link.source_name,
            "sku": link.source_sku,
            "reason": link.reason,
            "score": link.score,
            "candidates": [candidate["product"] for candidate in link.candidates],
        }
        for link in ProductLink.objects.queued().filter(pk__in=here)[:SHOWN]
    ]


def _quarantine(run: SyncRun) -> list[dict]:
    """The rows this run kept aside, each with all its reasons."""
    rows = QuarantinedRow.objects.filter(run=run).order_by("position")[:SHOWN]
    return [
        {"position": row.position, "source": row.source, "state": row.state, "reasons": row.reasons} for row in rows
    ]
