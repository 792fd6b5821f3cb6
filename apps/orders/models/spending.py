"""Named reads of what a buyer spent and how much of what it ordered came, for charts and figures."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncWeek

from apps.orders.rules.billing import CLOSED

from .billing import Invoice
from .orders import OrderLine

WEEKS = 12


def weeks(today: date, count: int = WEEKS) -> list[date]:
    """The Mondays of so many weeks, oldest first; the last is the week that is running."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(count))]


def invoiced_by_week(buyer, first: date, zone: str) -> dict[date, Decimal]:
    """What the invoices that stand ask, by the Monday of the week, in the zone's time, they were issued in."""
    here = ZoneInfo(zone)
    since = datetime.combine(first, datetime.min.time(), here)
    mine = Invoice.objects.filter(buyer=buyer, issued_at__gte=since).counted()
    found = mine.order_by().annotate(week=TruncWeek("issued_at", tzinfo=here)).values("week").annotate(sum=Sum("total"))
    return {row["week"].date(): row["sum"] for row in found}


def filled(buyer, since: datetime, until: datetime) -> Decimal | None:
    """Which share of the lines that were shipped and billed between came as ordered; None where none was."""
    billed = Q(order__invoices__issued_at__gte=since, order__invoices__issued_at__lt=until)
    lines = OrderLine.objects.filter(billed, buyer=buyer).exclude(order__invoices__state__in=CLOSED)
    found = lines.aggregate(all=Count("pk"), whole=Count("pk", filter=Q(shipped__gte=F("ordered"))))
    return Decimal(found["whole"]) / found["all"] if found["all"] else None
