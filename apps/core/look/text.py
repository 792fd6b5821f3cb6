"""Numbers and moments as people read them: real minus, thousands separators, 24-hour times in the place's zone; and
cells of their spreadsheets."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUS = "\N{MINUS SIGN}"
EMPTY = "\N{EM DASH}"
SIGNS = {"USD": "$", "CAD": "CA$", "EUR": "€", "GBP": "£"}
MINUTE, HOUR, DAY = 60, 3600, 86_400


def money(amount: Decimal | None, currency: str = "USD") -> str:
    """`$1,094.40`; two decimals, up to four where the amount has them; a currency without a sign stands behind."""
    if amount is None:
        return EMPTY
    amount = Decimal(amount)
    places = min(4, max(2, -amount.normalize().as_tuple().exponent))
    digits = f"{abs(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"
    text = f"{SIGNS[currency]}{digits}" if currency in SIGNS else f"{digits} {currency}"
    return _minus(amount, digits) + text


def quantity(amount: Decimal | int | None) -> str:
    """`1,204.5`; no trailing zeros."""
    if amount is None:
        return EMPTY
    whole = Decimal(amount).normalize()
    digits = f"{abs(whole):,f}"
    return _minus(whole, digits) + digits


def percent(share: Decimal | None) -> str:
    """`94.6%` of 0.946."""
    if share is None:
        return EMPTY
    return f"{quantity((Decimal(share) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP))}%"


def cell(text: str) -> str:
    """Text of a spreadsheet's cell that no program takes for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _minus(amount: Decimal, digits: str) -> str:
    """No minus before what rounds to nothing."""
    return MINUS if amount < 0 and digits.strip("0.,") else ""


def span(seconds: float) -> str:
    """A length of time in its one or two largest units: `9 s`, `3 min`, `1 h 12 min`, `15 days`."""
    seconds = max(0, int(seconds))
    if seconds < MINUTE:
        return _("%(n)d s") % {"n": seconds}
    if seconds < HOUR:
        return _("%(n)d min") % {"n": seconds // MINUTE}
    if seconds < DAY:
        return _hours(seconds)
    days = seconds // DAY
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _hours(seconds: int) -> str:
    hours, minutes = seconds // HOUR, seconds % HOUR // MINUTE
    if not minutes or hours >= 6:
        return _("%(n)d h") % {"n": hours}
    return _("%(h)d h %(m)d min") % {"h": hours, "m": minutes}


def age(moment: datetime | None, now: datetime | None = None) -> str:
    """`3 min ago`. What is younger than five seconds, or a clock's error ahead, is `just now`."""
    if moment is None:
        return EMPTY
    seconds = ((now or timezone.now()) - moment).total_seconds()
    return _("just now") if seconds < 5 else _("%(span)s ago") % {"span": span(seconds)}


def clock(moment: datetime | None, zone: str = "UTC") -> str:
    """`10:42`, in the place's zone."""
    return EMPTY if moment is None else f"{moment.astimezone(ZoneInfo(zone or 'UTC')):%H:%M}"


def when(moment: datetime | None, zone: str = "UTC", now: datetime | None = None) -> str:
    """`10:42` today, `Mon 16 Nov, 15:31` within half a year, `16 Nov 2025, 15:31` before."""
    if moment is None:
        return EMPTY
    here, today = (m.astimezone(ZoneInfo(zone or "UTC")) for m in (moment, now or timezone.now()))
    if here.date() == today.date():
        return clock(moment, zone)
    near = abs((today - here).days) < 183
    return f"{date_format(here, 'D j M' if near else 'j M Y')}, {here:%H:%M}"


def window(starts: datetime, ends: datetime, zone: str, now: datetime | None = None) -> str:
    """`Fri 20 Nov, 08:00–10:00` in the place's time, `Today, …` with `now`."""
    there = ZoneInfo(zone or "UTC")
    starts, ends = starts.astimezone(there), ends.astimezone(there)
    today = now is not None and now.astimezone(there).date() == starts.date()
    day = _("Today") if today else date_format(starts, "D j M")
    return f"{day}, {starts:%H:%M}\N{EN DASH}{ends:%H:%M}"


def is_older(as_of: datetime, now: datetime, *, minutes: float) -> bool:
    return (now - as_of).total_seconds() > minutes * MINUTE
