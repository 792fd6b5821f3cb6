"""One product at one location: its batches with labs and dates, and how its stock moved."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.catalog.models import ShelfLine, StockChange, StockItem
from apps.catalog.models.standing import standing
from apps.core.models import StreamTopic

from .moves import history
from .prices import price, source
from .shelf import sellers, zone_of


@require_safe
@login_required
@vary_on_headers("X-Fragment", "Cookie")
@cache_control(private=True, no_cache=True)
def detail(request: HttpRequest, product):
    lines = _lines(request, product)
    line = _chosen(lines, request.GET.get("location"))
    topic = f"inventory.{line.location_id}"
    seq = StreamTopic.objects.filter(pk=topic).values_list("seq", flat=True).first()
    context = {"topic": topic, "seq": seq or 0, "fragment": request.get_full_path(), "lines": lines}
    template = "catalog/_product.html" if request.headers.get("X-Fragment") else "catalog/detail.html"
    return render(request, template, context | _told(line, request.organization, zone_of(request)))


def _lines(request: HttpRequest, product) -> list[ShelfLine]:
    """The product's lines, each with its place and how far that may be trusted."""
    places = {place.pk: place for place in sellers()}
    found = ShelfLine.objects.visible_to(request.user).offered().filter(product=product).told()
    lines = [line for line in found if line.location_id in places]
    for line in lines:
        line.location = places[line.location_id]
    return sorted(lines, key=lambda line: line.location.name)


def _chosen(lines: list[ShelfLine], slug: str | None) -> ShelfLine:
    for line in lines:
        if not slug or line.location.slug == slug:
            return line
    raise Http404


def _told(line: ShelfLine, buyer, zone: str) -> dict:
    now = timezone.now()
    stand = standing(line.location, now)
    line.batches = list(StockItem.objects.for_sale().filter(location=line.location, product=line.product))
    price([line], source(line.location, stand, zone), buyer=buyer, on=now.date())
    changes = StockChange.objects.quantities(location=line.location_id, product=line.product_id)
    return {
        "line": line,
        "product": line.product,
        "batches": line.batches,
        "standing": stand,
        "history": history(changes, line, now),
        "now": now,
    }
