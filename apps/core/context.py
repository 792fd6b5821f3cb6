"""What every page's template knows beside its own context."""

from django.conf import settings
from django.utils import timezone


def place(request) -> dict:
    """`request.zone` is the place's time zone where a view has read it already; else the place is read for it."""
    zone = getattr(request, "zone", None) or getattr(getattr(request, "place", None), "zone", "UTC")
    return {
        "demo": settings.REUP_DEMO,
        "organization": getattr(request, "organization", None),
        "membership": getattr(request, "membership", None),
        "place": getattr(request, "place", None),
        "zone": zone,
        "now": timezone.now(),
    }
