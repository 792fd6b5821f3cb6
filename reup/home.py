"""The first page after signing in: how fresh the shelf is and what just changed."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone

from apps.accounts.models import Location
from apps.catalog.models import ShelfLine
from apps.catalog.models.standing import standing, with_runs


@login_required
def home(request):
    return render(request, "home.html", {"freshness": freshness(), "changes": changes(), "now": timezone.now()})


def freshness() -> list[dict]:
    """Each location this person may see, and how far its shelf may be trusted."""
    places = Location.objects.filter(is_active=True, dutchie_loc__isnull=False).select_related("organization")
    now = timezone.now()
    return [{"location": place, "standing": standing(place, now)} for place in with_runs(places)]


def changes(most: int = 8) -> list[ShelfLine]:
    """The shelf lines that changed last."""
    lines = ShelfLine.objects.offered().select_related("product", "product__brand", "product__category", "location")
    return list(lines.order_by("-changed_at")[:most])
