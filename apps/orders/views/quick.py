"""Quick order: SKUs typed, pasted or uploaded, held against the shelf before anything is in a draft."""

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from apps.catalog.models import ShelfLine
from apps.catalog.models.standing import standing, with_runs
from apps.core.errors import Refused
from apps.core.look.text import cell
from apps.orders.actions import Asked
from apps.orders.actions.preview import READY, Checked, check
from apps.orders.forms import drafts as shapes
from apps.orders.forms.sheets import MOST_ROWS, Row, pasted, uploaded
from apps.orders.rules import money

from . import asking
from .adding import put

WAYS = ("type", "paste", "upload")
EMPTY_ROWS = 8


@require_http_methods(["GET", "POST"])
@asking.buyers
def order(request: HttpRequest):
    """GET is an empty grid, paste box or file field; POST checks what was sent, or adds the rows that are ready."""
    if not asking.may_buy(request):
        raise PermissionDenied
    places = list(with_runs(shapes.wholesale_places()))
    place = _place(request, places)
    if place is None:
        return render(request, "orders/quick_nobody.html")
    if request.method == "GET":
        return _drawn(request, places, place)
    try:
        rows = _sent(request)
    except Refused as refused:
        return _drawn(request, places, place, refused=refused)
    if not rows:
        refused = Refused(_("There is no row with a SKU yet."), code="no-rows", status=422)
        return _drawn(request, places, place, refused=refused)
    return _checked(request, places, place, rows)


def _checked(request: HttpRequest, places, place, rows: list[Row]):
    found = check(rows, place=place, buyer=request.organization, now=timezone.now())
    ready = [one for one in found if one.state == READY]
    if request.POST.get("do") != "add" or not ready:
        return _drawn(request, places, place, found)
    try:
        draft = put(request, place, [Asked(one.shelf.product.sku, one.quantity) for one in ready])
    except Refused as refused:
        return _drawn(request, places, place, found, refused=refused)
    words = {"n": len(ready), "draft": draft.title or draft.number}
    notes.success(request, _("%(n)s rows are in draft %(draft)s.") % words)
    rest = [one for one in found if one.state != READY]
    return _drawn(request, places, place, rest, draft=draft) if rest else redirect("orders:detail", draft.number)


def _place(request: HttpRequest, places: list):
    asked = request.POST.get("place") or request.GET.get("place")
    return next((place for place in places if place.slug == asked), places[0] if places else None)


def _sent(request: HttpRequest) -> list[Row]:
    """From a file, a paste, or the rows of the grid with the fix that was pressed. Raises Refused `file-unread`."""
    if file := request.FILES.get("file"):
        return uploaded(file)
    if "paste" in request.POST:
        return pasted(request.POST["paste"])
    fixed, name, value = (request.POST.get("fix", "") + "||").split("|")[:3]
    rows = []
    for number in range(1, MOST_ROWS + 2):
        cells = {"sku": request.POST.get(f"sku-{number}"), "quantity": request.POST.get(f"quantity-{number}", "")}
        if cells["sku"] is None or (fixed == str(number) and name == "skip"):
            continue
        if fixed == str(number) and name in cells:
            cells[name] = value
        if cells["sku"].strip() or cells["quantity"].strip():
            cases = f"cases-{number}" in request.POST and name != "quantity"
            rows.append(Row(number, cells["sku"].strip()[:120], cells["quantity"].strip()[:30], cases))
    return rows


def _drawn(request: HttpRequest, places, place, found: list[Checked] = (), *, refused=None, draft=None):
    now, ready = timezone.now(), [one for one in found if one.state == READY]
    way = request.POST.get("way") or request.GET.get("way", "")
    context = {"places": places, "place_shown": place, "way": way if way in WAYS else "type", "rows": found}
    context |= {
        "ready": ready,
        "ready_total": money.total(one.total for one in ready),
        "wrong": len(found) - len(ready),
    }
    context |= {"errors": sum(one.state == "error" for one in found), "draft": draft, "refused": refused, "now": now}
    context |= {"choices": sum(one.state == "choose" for one in found), "standing": standing(place, now)}
    context |= {"empty": range(1, EMPTY_ROWS + 1), "typed": request.POST.get("paste", "")}
    return render(request, "orders/quick.html", context, status=refused.status if refused else 200)


@require_safe
@asking.buyers
def sample(request: HttpRequest, kind: str):
    """Two columns and two rows that can be ordered, as CSV or XLSX."""
    import tablib

    skus = ShelfLine.objects.offered().exclude(product__sku="").values_list("product__sku", flat=True)
    sheet = tablib.Dataset(headers=["SKU", "Quantity"])
    for number, sku in enumerate(list(skus.order_by("product__name")[:2]) or ["YOUR-SKU-1", "YOUR-SKU-2"], 1):
        sheet.append([cell(sku), number * 10])
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    answer = HttpResponse(sheet.export(kind), content_type=types[kind])
    answer["Content-Disposition"] = f'attachment; filename="quick-order-sample.{kind}"'
    return answer
