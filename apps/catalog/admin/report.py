"""What a run's page tells: its figures, seven steps, how products were matched, what changed, what was set aside."""

import csv
from decimal import Decimal, InvalidOperation

from django.db.models import Max
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.models import Product
from apps.core.look.text import MINUS, cell, quantity
from apps.core.models import StepState, SyncRun

from .quarantine import in_words, sku_of

MOST_CHANGES, MOST_ROWS, USUAL = 50, 20, 20
NAMES = {
    "fetch": gettext_lazy("Fetch"),
    "transform": gettext_lazy("Transform"),
    "match": gettext_lazy("Match"),
    "compare": gettext_lazy("Compare"),
    "update": gettext_lazy("Update"),
    "notify": gettext_lazy("Notify"),
    "log": gettext_lazy("Log"),
}
KEYS = {
    "link": gettext_lazy("Stored link"),
    "sku": gettext_lazy("SKU"),
    "upc": gettext_lazy("UPC"),
    "alias": gettext_lazy("Learned name"),
    "name": gettext_lazy("Name, by itself"),
}
DOTS = {
    StepState.COMPLETED: ("done", "check"),
    StepState.RUNNING: ("at", ""),
    StepState.HELD: ("warn", "pause"),
    StepState.FAILED: ("bad", "cross"),
    StepState.SKIPPED: ("", "dash"),
}


def report(run: SyncRun) -> dict:
    steps = [_step(step) for step in run.steps.all()]
    return {
        "run": run,
        "steps": steps,
        "longest": max((step["seconds"] for step in steps), default=0),
        "usual": _usual(run),
        "good_at": SyncRun.objects.of(run.location_id).good().aggregate(at=Max("finished_at"))["at"],
        "changed": sum(run.counts.get(name, 0) for name in ("created", "updated", "gone")),
        "matched": _matched(run.counts),
        "changes": _changes(run),
        "change_count": run.changes.count(),
        "set_aside": [_set_aside(row) for row in run.quarantined.order_by("position")[:MOST_ROWS]],
        "set_aside_count": run.quarantined.count(),
    }


def changes_as_csv(run: SyncRun) -> HttpResponse:
    """Every field the run changed. Drawn whole, not streamed: a stream would outlive the request's scope."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="run-{run.pk}-changes.csv"'
    sheet = csv.writer(answer)
    sheet.writerow(["at", "inventory_id", "product_id", "name", "field", "was", "now"])
    for change in run.changes.order_by("id").iterator(2000):
        texts = [cell(text) for text in (change.name, change.field, change.old, change.new)]
        sheet.writerow([change.at.isoformat(), change.inventory_id, change.product_id or "", *texts])
    return answer


def _step(step) -> dict:
    dot, icon = DOTS[StepState(step.state)]
    name = NAMES.get(step.name, step.name)
    told = step.detail or {StepState.SKIPPED: _("Not done"), StepState.RUNNING: _("At work")}.get(step.state, "")
    return {"name": name, "told": told, "seconds": step.seconds, "dot": dot, "icon": icon, "state": step.state}


def _usual(run: SyncRun) -> tuple[float, float] | None:
    """How long this location's last good runs took: the middle half, when there are enough to say so."""
    good = SyncRun.objects.of(run.location_id).filter(kind=run.kind).good().exclude(pk=run.pk).newest_first()[:USUAL]
    took = sorted(one.seconds for one in good)
    return (took[len(took) // 4], took[-1 - len(took) // 4]) if len(took) >= 4 else None


def _matched(counts: dict) -> dict:
    """Rows [{word, count, share}] with their sum; shares of all products this run met."""
    by_key = counts.get("matched", {})
    rows = [(word, by_key.get(key, 0)) for key, word in KEYS.items()]
    rows += [(_("New product"), counts.get("new", 0)), (_("To review"), counts.get("review", 0))]
    total = sum(count for _word, count in rows)
    shown = [{"word": word, "count": count, "share": _share(count, total)} for word, count in rows if count]
    return {"rows": shown, "total": total}


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}%" if total else ""


def _changes(run: SyncRun) -> list[dict]:
    found = list(run.changes.order_by("id")[:MOST_CHANGES])
    skus = dict(Product.objects.filter(pk__in={change.product_id for change in found}).values_list("pk", "sku"))
    return [
        {
            "name": change.name,
            "sku": skus.get(change.product_id, ""),
            "field": change.field,
            "old": change.old,
            "new": change.new,
            "difference": _difference(change.old, change.new),
        }
        for change in found
    ]


def _difference(old: str, new: str) -> str:
    """New less old where both are numbers, with its sign."""
    try:
        difference = Decimal(new) - Decimal(old)
    except InvalidOperation:
        return ""
    text = quantity(difference)
    return text if text.startswith(MINUS) else f"+{text}"


def _set_aside(row) -> dict:
    return {
        "pk": row.pk,
        "position": row.position,
        "why": in_words(row.reasons),
        "times": row.times_seen,
        "sku": sku_of(row.raw),
        "at": row.last_seen_at,
        "state": row.get_state_display(),
    }
