"""How a product's stock moved at one location, drawn from the last changes its runs recorded."""

from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.catalog.models import ShelfLine, StockItem
from apps.core.look.text import quantity, when

MOST = 20


def history(changes: QuerySet, line: ShelfLine, now) -> dict | None:
    """`points` oldest first [{at, name, difference, level}], and the chart; None without changes.

    The level is what all the location's batches count, so it may stand above what is for sale. It is walked backwards
    from today's count, and each change says by how much.
    """
    last = list(changes[:MOST])
    if not last:
        return None
    level = _counted(line)
    points = []
    for change in last:
        difference = Decimal(change.new or 0) - Decimal(change.old or 0)
        points.append({"at": change.at, "name": change.name, "difference": difference, "level": level})
        level -= difference
    points.reverse()
    return {"points": points, "labels": _labels(points, line, now), "series": _series(points), "told": _finding(points)}


def _counted(line: ShelfLine) -> Decimal:
    present = StockItem.objects.present().filter(location=line.location_id, product=line.product_id)
    return sum(present.values_list("quantity", flat=True), Decimal(0))


def _labels(points: list[dict], line: ShelfLine, now) -> list[str]:
    return [when(point["at"], line.location.zone, now) for point in points]


def _series(points: list[dict]) -> list[dict]:
    """Geometry, not figures: the one place where a quantity becomes a float."""
    return [{"name": quantity(points[-1]["level"]), "values": [float(point["level"]) for point in points]}]


def _finding(points: list[dict]) -> str:
    first, last = points[0]["level"], points[-1]["level"]
    words = {"first": quantity(first), "last": quantity(last), "n": len(points)}
    if last > first:
        return _("Stock rose from %(first)s to %(last)s over the last %(n)s changes") % words
    if last < first:
        return _("Stock fell from %(first)s to %(last)s over the last %(n)s changes") % words
    return _("Stock is %(last)s, as it was %(n)s changes ago") % words
