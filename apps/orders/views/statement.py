"""The statement: what is owed, to whom, how long overdue; and what credit is left."""

import csv
from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from apps.core.look.text import cell, money
from apps.orders.actions.credit import credit_for
from apps.orders.models import owing

from . import asking

AGES = {
    "current": gettext_lazy("Not due"),
    "1-30": gettext_lazy("1–30 days"),
    "31-60": gettext_lazy("31–60"),
    "61-90": gettext_lazy("61–90"),
    "90+": gettext_lazy("over 90"),
}
MOST = 200  # rows on the page; the CSV has all


@require_safe
@asking.members
def statement(request: HttpRequest):
    found, today = _found(request)
    sells = request.organization.sells
    context = {
        "found": found,
        "rows": found["rows"][:MOST],
        "points": [_point(age, owed) for age, owed in found["ages"].items()],
        "words": AGES.values(),
        "finding": _finding(found),
        "sides": [side | {"credit": None if sells else _credit(request, side)} for side in found["sides"]],
        "today": today,
    }
    return render(request, "invoices/statement.html", context)


@require_safe
@asking.members
def as_csv(request: HttpRequest):
    """What is owed, an invoice a line."""
    found, today = _found(request)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="statement-{today}.csv"'
    write = csv.writer(answer)
    write.writerow(["invoice", "order", "seller", "buyer", "issued", "due", "currency", "total", "owed", "age"])
    for row in found["rows"]:
        sides = [cell(row.seller_name), cell(row.buyer_name)]
        days = [row.issued_at.date(), row.due_date or ""]
        write.writerow([row.number, row.order.number, *sides, *days, row.currency, row.total, row.owed, row.age])
    return answer


def _found(request: HttpRequest) -> tuple[dict, date]:
    zone = ZoneInfo(request.place.zone if request.place else "UTC")
    today = timezone.now().astimezone(zone).date()
    mine = owing.invoices_of(request.user, request.organization)
    return owing.statement(mine, today, other="buyer" if request.organization.sells else "seller"), today


def _point(age: str, owed) -> dict:
    return {"label": str(AGES[age]), "value": max(float(owed), 0.0), "text": money(owed)}


def _finding(found: dict) -> str:
    """What the chart tells, in a sentence."""
    late = found["owed"] - found["ages"]["current"]
    return _("%(owed)s owed, %(late)s of it overdue") % {"owed": money(found["owed"]), "late": money(late)}


def _credit(request: HttpRequest, side: dict):
    return credit_for(seller=side["id"], buyer=request.organization)
