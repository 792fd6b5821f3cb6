"""The first page after signing in: what waits for a retailer, how fresh the shelf is and what just changed."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.models import Location
from apps.catalog.models import ShelfLine
from apps.catalog.models.standing import standing, with_runs

from .buying import buying


@login_required
def home(request):
    now = timezone.now()
    context = {"freshness": freshness(), "changes": changes(), "now": now}
    if request.organization and not request.organization.sells:
        context |= buying(request, now) | {"buys": True}
    return render(request, "home.html", context)


def freshness() -> list[dict]:
    """Each location this person may see, and how far its shelf may be trusted."""
    places = Location.objects.filter(is_active=True, dutchie_loc__isnull=False).select_related("organization")
    now = timezone.now()
    return [{"location": place, "standing": standing(place, now)} for place in with_runs(places)]


def changes(most: int = 8) -> list[ShelfLine]:
    """The shelf lines that changed last."""
    lines = ShelfLine.objects.offered().select_related("product", "product__brand", "product__category", "location")
    return list(lines.order_by("-changed_at")[:most])
