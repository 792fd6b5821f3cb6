"""The list: one location's shelf, searched, filtered, sorted, in pages. The same parts are drawn again after a push."""

from zoneinfo import ZoneInfo

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
from apps.catalog.forms import LONGEST_SLUG, SORTS, Filters
from apps.catalog.models import ShelfLine
from apps.catalog.models.prices import first_price
from apps.catalog.models.seen import Seen, seen, selling_places
from apps.catalog.models.shelf import conditions
from apps.catalog.models.standing import Standing, standing
from apps.core import kept
from apps.core.keyset import BadCursor, Page, page
from apps.core.scope import current

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
KEPT = frozenset({"location", "sort", "stock", "best_before", *FACETS})  # words, prices and cursors are seldom two's


@require_safe
@login_required
@vary_on_headers("X-Fragment", "Cookie")
@cache_control(private=True, no_cache=True)
def listing(request: HttpRequest):
    """Kept for all who would see the same (apps/core/kept.py), where no more is asked than links and filters ask."""
    now, asked = timezone.now(), look(request)
    place = asked.place
    if place is None:
        return render(request, "catalog/nobody.html")
    stand = standing(place, now)
    own = {"standing": stand, "now": now, "place_shown": place}
    template = "catalog/_parts.html" if request.headers.get("X-Fragment") else "catalog/list.html"
    if not KEPT.issuperset(request.GET):
        return render(request, template, draw(request, asked, now))
    audience = _audience(request, asked, stand)
    return kept.page(request, template, audience=audience, draw=lambda: draw(request, asked, now), own=own)


def look(request: HttpRequest) -> Seen:
    """What the page stands on. A place that is not there for this reader is 404."""
    slug = request.GET.get("location", "").strip()
    if len(slug) > LONGEST_SLUG or "\0" in slug:
        raise Http404
    found = seen(slug=slug, organization=getattr(request.organization, "pk", None), user=request.user.pk)
    if slug and found.id is None:
        raise Http404
    request.zone, request.unread = found.zone or "UTC", found.unread
    return found


def _audience(request: HttpRequest, asked: Seen, stand: Standing) -> tuple:
    """All that decides what the kept part of the page says, beside what `kept.page` adds itself."""
    member, now = request.membership, stand.now
    reader = (request.organization.pk, request.organization.name, member.role, sorted(member.roles))
    days = (now.date(), now.astimezone(ZoneInfo(request.zone)).date())
    trust = (stand.state, stand.limit, stand.good_at, asked.seq, days)
    return reader, current().reads, asked.id, trust, asked.seal


def draw(request: HttpRequest, asked: Seen, now) -> dict:
    """All that the page and its fragment show."""
    form = Filters(request.GET)
    form.is_valid()
    places = sellers()
    place = next((one for one in places if one.pk == asked.id), None)
    if place is None:
        raise Http404  # it was closed just now
    return {"places": places, "place_shown": place} | _shelf(request, form, place, asked.seq, now)


def sellers() -> list[Location]:
    return list(selling_places())


def zone_of(request: HttpRequest) -> str:
    """The reader's place's time zone."""
    return request.place.zone if request.place else "UTC"


def _shelf(request: HttpRequest, form: Filters, place: Location, seq: int | None, now) -> dict:
    """All of one shelf. Its topic's number was read before, so that nothing is missed."""
    today = now.date()
    asked = conditions(form.wanted, today)
    shelf = ShelfLine.objects.visible_to(request.user).offered().filter(location=place)
    shelf = shelf.priced(_each(request, form, asked, today))
    shown = _page(shelf.matching(asked).told(), form)
    facets = {group: shelf.counted(group, asked) for group in FACETS}
    figures = shelf.figures(asked, today)
    stand = standing(place, now)
    told = source(place, stand, request.zone)
    explain(shown.rows, place, told, buyer=request.organization, on=today)
    context = {"form": form, "figures": figures, "facets": facets, "rows": shown.rows, "standing": stand, "now": now}
    context |= {"topic": f"inventory.{place.pk}", "seq": seq or 0, "fragment": request.get_full_path()}
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
