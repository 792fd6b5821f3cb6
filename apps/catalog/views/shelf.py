"""The list: one location's shelf, searched, filtered, sorted, in pages. The same parts are drawn again after a push."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import Location
from apps.accounts.rules import Side
from apps.catalog.forms import SORTS, Filters
from apps.catalog.models import ShelfLine
from apps.catalog.models.prices import first_price
from apps.catalog.models.shelf import conditions
from apps.catalog.models.standing import standing, with_runs
from apps.core.keyset import BadCursor, Page, page
from apps.core.models import StreamTopic

from . import chips
from .prices import explain, source

SIZE = 48
COLUMNS = {
    "name": gettext_lazy("Product"),
    "stock": gettext_lazy("Available"),
    "best-before": gettext_lazy("Best before"),
    "price": gettext_lazy("Price each"),
}
FACETS = ("category", "brand")


@require_safe
@login_required
@vary_on_headers("X-Fragment", "Cookie")
@cache_control(private=True, no_cache=True)
def listing(request: HttpRequest):
    form = Filters(request.GET)
    form.is_valid()
    places = sellers()
    if "location" in form.errors:
        raise Http404
    place = _chosen(places, form.wanted.get("location"))
    if place is None:
        return render(request, "catalog/nobody.html")
    template = "catalog/_parts.html" if request.headers.get("X-Fragment") else "catalog/list.html"
    return render(request, template, {"places": places, "place_shown": place} | _shelf(request, form, place))


def sellers() -> list[Location]:
    """Wholesalers' locations this scope may see, by company."""
    places = Location.objects.filter(is_active=True, organization__side=Side.WHOLESALER)
    return list(with_runs(places).select_related("organization").order_by("organization__name", "name"))


def zone_of(request: HttpRequest) -> str:
    """The reader's place's time zone."""
    return request.place.zone if request.place else "UTC"


def _chosen(places: list[Location], slug: str | None) -> Location | None:
    if not slug:
        return places[0] if places else None
    for place in places:
        if place.slug == slug:
            return place
    raise Http404


def _shelf(request: HttpRequest, form: Filters, place: Location) -> dict:
    """All that the list and its fragment show. The topic's number is read first, so that nothing is missed."""
    now = timezone.now()
    topic = f"inventory.{place.pk}"
    seq = StreamTopic.objects.filter(pk=topic).values_list("seq", flat=True).first()
    today = now.date()
    asked = conditions(form.wanted, today)
    shelf = ShelfLine.objects.visible_to(request.user).offered().filter(location=place)
    shelf = shelf.priced(_each(request, form, asked, today))
    shown = _page(shelf.matching(asked).told(), form)
    facets = {group: shelf.counted(group, asked) for group in FACETS}
    figures = shelf.figures(asked, today)
    stand = standing(place, now)
    told = source(place, stand, zone_of(request))
    explain(shown.rows, place, told, buyer=request.organization, on=today)
    context = {"form": form, "figures": figures, "facets": facets, "rows": shown.rows, "standing": stand, "now": now}
    context |= {"topic": topic, "seq": seq or 0, "fragment": request.get_full_path()}
    context |= _ways(request, form, shown, facets)
    if not shown.rows and figures["all"]:
        context |= _instead(shelf, form, asked, context["chips"])
    return context


def _each(request: HttpRequest, form: Filters, asked: dict, today):
    """What the reader pays, where prices are filtered or sorted by; else the database needn't look for it."""
    by_price = "price" in form.order or {"price_from", "price_to"} & set(asked)
    return first_price(request.organization, today) if by_price else None


def _page(rows, form: Filters) -> Page:
    order = form.order
    ordered = rows.sorted_by(order)
    descending = order.startswith("-")
    try:
        return page(ordered, size=SIZE, cursor=form.wanted.get("cursor", ""), descending=descending)
    except BadCursor:
        form.add_error(None, _("This page's address can't be read. This is the first page."))
        return page(ordered, size=SIZE, descending=descending)


def _ways(request: HttpRequest, form: Filters, shown: Page, facets: dict) -> dict:
    """Where one can go from here: sorts, pages, filters to take off."""
    asked = request.GET
    names = {group: {str(row["key"]): row["word"] for row in rows} for group, rows in facets.items()}
    return {
        "chips": chips.chips(asked, form, names),
        "clear_url": chips.cleared(asked),
        "next": shown.next and f"{chips.address(asked)}&cursor={shown.next}",
        "previous": shown.previous and f"{chips.address(asked)}&cursor={shown.previous}",
        "sorts": [{"name": name, "text": text, "url": chips.address(asked, sort=name)} for name, text in SORTS.items()],
        "columns": {name.replace("-", "_"): _column(asked, form.order, name) for name in COLUMNS},
        "order_text": SORTS[form.order],
    }


def _column(asked, order: str, name: str) -> dict:
    """A sortable column: pressed again it turns round; stock starts with the most."""
    first, second = (name, f"-{name}") if name != "stock" else (f"-{name}", name)
    directions = {name: "ascending", f"-{name}": "descending"}
    return {
        "text": COLUMNS[name],
        "url": chips.address(asked, sort=second if order == first else first),
        "sorted": directions.get(order, ""),
    }


def _instead(shelf, form: Filters, asked: dict, on: list) -> dict:
    """Where nothing matches: the nearest name, and how many lines there would be without each filter that helps."""
    words = form.wanted.get("q")
    counts = {name: shelf.matching(asked, but=name).count() for name in asked}
    return {
        "nearest": shelf.nearest(words) if words else None,
        "without": [{"chip": chip, "count": counts[chip.name]} for chip in on if counts.get(chip.name)],
    }
