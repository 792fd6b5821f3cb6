"""Orders per week: a chart with its table, and as CSV."""

import csv
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.orders.models import finding, spending

from . import asking


@require_safe
@asking.members
def weekly(request: HttpRequest):
    weeks = _weeks(request)
    total, last = sum(n for _week, n in weeks), weeks[-1]
    points = [
        {"label": date_format(week, "j M"), "value": float(n), "text": str(n), "partial": week == last[0]}
        for week, n in weeks
    ]
    words = {"total": total, "weeks": len(weeks), "last": last[1]}
    finding_ = _("%(total)s orders in %(weeks)s weeks, %(last)s of them this week") % words
    return render(request, "orders/weekly.html", {"points": points, "finding": finding_, "total": total})


@require_safe
@asking.members
def as_csv(request: HttpRequest):
    """A week a line, by the Monday it begins on."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="orders-per-week.csv"'
    write = csv.writer(answer)
    write.writerow(["week", "orders"])
    write.writerows(_weeks(request))
    return answer


def _weeks(request: HttpRequest) -> list[tuple]:
    zone = request.place.zone if request.place else "UTC"
    weeks = spending.weeks(timezone.now().astimezone(ZoneInfo(zone)).date())
    mine = finding.orders_of(request.user, request.organization)
    counts = finding.placed_by_week(mine, weeks[0], zone)
    return [(week, counts.get(week, 0)) for week in weeks]
