"""Named reads of invoices for pages: by tab, newest first, and what is owed between two, by age."""

from collections import defaultdict
from datetime import date

from django.db.models import F

from apps.orders.rules.billing import CLOSED, UNPAID, InvoiceState, age, ageing

from .billing import Invoice

TABS = {
    "unpaid": frozenset(UNPAID),
    "overdue": frozenset({InvoiceState.OVERDUE}),
    "paid": frozenset({InvoiceState.PAID}),
    "closed": frozenset(CLOSED),
    "all": frozenset(InvoiceState),
}


def invoices_of(user, organization):
    """One organization's invoices, on the side it stands on."""
    mine = {"seller": organization} if organization.sells else {"buyer": organization}
    return Invoice.objects.visible_to(user).filter(**mine)


def told(invoices):
    return invoices.select_related("order")


def newest_first(invoices):
    """Annotated for pages by cursor (apps/core/keyset.py); ask them descending."""
    return invoices.annotate(key=F("issued_at"))


def statement(invoices, today: date, *, other: str) -> dict:
    """What is owed: `ages` in all, and `sides` [{id, name, owed, ages}] for each `other` (seller or buyer), the largest
    first; `rows` the invoices themselves, `owed` and `age` on each, the oldest first. One read."""
    rows = list(
        told(invoices.counted().owed()).exclude(owed=0).order_by(F("due_date").asc(nulls_last=True), "issued_at")
    )
    sides = defaultdict(list)
    for row in rows:
        row.age = age(row.due_date, today)
        sides[getattr(row, f"{other}_id")].append(row)
    found = [_side(key, getattr(mine[-1], f"{other}_name"), mine, today) for key, mine in sides.items()]
    found.sort(key=lambda one: -one["owed"])
    return {"rows": rows, "ages": _ages(rows, today), "sides": found, "owed": sum(row.owed for row in rows)}


def _side(key, name: str, rows: list, today: date) -> dict:
    return {"id": key, "name": name, "owed": sum(row.owed for row in rows), "ages": _ages(rows, today)}


def _ages(rows: list, today: date) -> dict:
    return ageing(((row.due_date, row.owed) for row in rows), today)
