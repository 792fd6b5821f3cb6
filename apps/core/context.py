"""What every page's template knows beside its own context."""

from django.conf import settings
from django.utils import timezone


def place(request) -> dict:
    return {
        "demo": settings.REUP_DEMO,
        "organization": getattr(request, "organization", None),
        "membership": getattr(request, "membership", None),
        "place": getattr(request, "place", None),
        "zone": getattr(getattr(request, "place", None), "zone", "UTC"),
        "now": timezone.now(),
    }
