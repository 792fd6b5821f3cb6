"""What a retailer's home shows of its money: spent by week, and how much of what it ordered came."""

import csv
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.core.look.text import money
from apps.orders.models import spending

SPAN = timedelta(weeks=spending.WEEKS)


def spent(request: HttpRequest, now: datetime) -> dict:
    """`points` for the chart, its `finding`, `total`; `filled` and `filled_before` as shares or None."""
    buyer, weeks = request.organization, _by_week(request, now)
    total = sum(amount for _week, amount in weeks)
    return {
        "points": [_point(week, amount, running=week == weeks[-1][0]) for week, amount in weeks],
        "total": total,
        "finding": _("%(total)s invoiced in 12 weeks, %(last)s of it this week")
        % {"total": money(total), "last": money(weeks[-1][1])},
        "filled": spending.filled(buyer, now - SPAN, now),
        "filled_before": spending.filled(buyer, now - 2 * SPAN, now - SPAN),
    }


@login_required
def as_csv(request: HttpRequest) -> HttpResponse:
    """A week a line, by the Monday it begins on."""
    if request.membership is None:
        raise PermissionDenied
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="spend-by-week.csv"'
    write = csv.writer(answer)
    write.writerow(["week", "invoiced"])
    write.writerows(_by_week(request, timezone.now()))
    return answer


def _by_week(request: HttpRequest, now: datetime) -> list[tuple]:
    zone = request.place.zone if request.place else "UTC"
    weeks = spending.weeks(now.astimezone(ZoneInfo(zone)).date())
    sums = spending.invoiced_by_week(request.organization, weeks[0], zone)
    return [(week, sums.get(week, Decimal(0))) for week in weeks]


def _point(week, amount, *, running: bool) -> dict:
    return {"label": date_format(week, "j M"), "value": float(amount), "text": money(amount), "partial": running}
