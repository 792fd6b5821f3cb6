"""Every component on one page, light beside dark, for those who build pages."""

from datetime import timedelta
from decimal import Decimal

from django.shortcuts import render
from django.utils import timezone

from .look import states

PAIRS = [
    ("canvas", "ink"),
    ("surface", "ink"),
    ("sunken", "ink-2"),
    ("surface", "ink-3"),
    ("surface", "accent"),
    ("fill", "on-fill"),
    ("accent-soft", "accent"),
    ("ok-soft", "ok"),
    ("warn-soft", "warn"),
    ("bad-soft", "bad"),
    ("mark", "ink"),
    ("raised", "ink"),
]
FORMS = ["jar", "roll", "cart", "vape", "gummy", "bar", "can", "puck"]
WEEKS = [3900, 4400, 4100, 5200, 4800, 5000, 5600, 4900, 6100, 5700, 6400, 2200]
STEPS = [
    ("Fetch", "Read from Dutchie · 4,012 rows in 9 pages", 2.81, "done"),
    ("Transform", "Typed and checked · 4,003 good · 9 quarantined", 0.34, "done"),
    ("Match", "Matched to products · 1,181 matched · 5 to review", 0.92, "warn"),
    ("Compare", "Compared with the shelf · 41 changed · 3 new", 0.21, "at"),
    ("Update", "Not started", 0, ""),
]


def styleguide(request):
    now = timezone.now()
    context = {
        "pairs": PAIRS,
        "forms": FORMS,
        "looks": [(kind, list(table)) for kind, table in states.KINDS.items()],
        "weeks": [{"label": f"W{n}", "value": v, "partial": n == 12} for n, v in enumerate(WEEKS, 1)],
        "months": ["Jul", "Aug", "Sep", "Oct", "Nov"],
        "rates": [{"name": "94.6%", "values": [91.2, 92.0, None, 93.4, 94.6]}, {"name": "goal", "values": [95] * 5}],
        "days": [{"state": {40: "late", 41: "away"}.get(n, "up")} for n in range(90)],
        "run": [{"name": n, "told": t, "seconds": s, "dot": d} for n, t, s, d in STEPS],
        "longest": 2.81,
        "minute_ago": now - timedelta(minutes=3),
        "stale_at": now - timedelta(minutes=21),
        "away_at": now - timedelta(minutes=14),
        "price": [
            {"term": "List price", "amount": "$18.42"},
            {"term": "Eastown price list, −5%", "amount": "−$0.92"},
            {"term": "You pay, each", "amount": "$17.50", "sum": True},
            {"term": "From 5 cases", "amount": "$16.80 each"},
        ],
        "sum": Decimal("9168.46"),
    }
    return render(request, "styleguide.html", context)
