"""Orders as files: a list as CSV or XLSX, an order or a line a row; one order as CSV or JSON. A list is written down in
the audit trail: it is many orders at once."""

import csv
from collections.abc import Iterable, Iterator
from io import BytesIO

from django.contrib import messages as notes
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.core import audit
from apps.core.look.text import cell
from apps.orders.models import Order, OrderLine, finding
from apps.orders.serializers import OrderOut

from . import asking, lists

MOST = 10_000  # orders in a file
ORDER = ["order", "state", "seller", "buyer", "po_number", "from", "to", "submitted", "deliver_from", "deliver_until"]
ORDER += ["lines", "units", "currency", "goods", "tax", "total", "payment", "terms", "manifest", "backorder_of"]
LINE = ["order", "state", "seller", "buyer", "po_number", "line", "seller_sku", "buyer_sku", "product", "unit"]
LINE += ["ordered", "accepted", "shipped", "received", "returned", "currency", "price", "goods", "tax"]
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_safe
@asking.members
def listed(request: HttpRequest, kind: str):
    """What the list shows with this tab and these words, newest first. Drawn whole, not streamed: a stream
    would outlive the request's scope."""
    tab, words = lists.asked(request.GET)
    per_line = request.GET.get("per") == "line"
    chosen = lists.chosen(request, tab, words)
    count = chosen[: MOST + 1].count()
    if count > MOST:
        notes.error(request, _("A file takes %(n)s orders. Choose a tab or search for fewer.") % {"n": f"{MOST:,}"})
        return redirect(lists.at(tab, words))
    found = chosen.select_related("backorder_of").order_by("-created_at", "-id")
    rows = _lines(request, found) if per_line else (_order(order) for order in found.iterator(1000))
    drawn = _drawn(kind, LINE if per_line else ORDER, rows)
    told = {"orders": count, "format": kind, "per": "line" if per_line else "order", "tab": tab, "words": words}
    audit.record(request.user, "orders.exported", ("orders", "list"), **told)
    return _file(drawn, f"orders-{timezone.now():%Y-%m-%d}.{kind}", TYPES[kind])


@require_safe
@asking.members
def one(request: HttpRequest, number: str, kind: str):
    """One order: its lines as CSV, or all of it as JSON, as the API tells it with the buyer's own SKUs besides."""
    order = asking.order_of(request, number)
    lines = list(order.lines.order_by("position"))
    skus = _own_skus(request, lines)
    if kind == "csv":
        rows = (_line(order, line, skus) for line in lines)
        return _file(_drawn("csv", LINE, rows), f"order-{number}.csv", TYPES["csv"])
    told = OrderOut(order).data
    for line in told["lines"]:
        line["buyer_sku"] = skus.get(line["product"], "")
    answer = JsonResponse(told, json_dumps_params={"indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="order-{number}.json"'
    return answer


def _lines(request: HttpRequest, orders) -> Iterator[list]:
    lines = OrderLine.objects.filter(order__in=orders.order_by().values("pk")).select_related("order")
    found = list(lines.order_by("-order__created_at", "-order__pk", "position"))
    skus = _own_skus(request, found)
    for line in found:
        yield _line(line.order, line, skus)


def _own_skus(request: HttpRequest, lines: list[OrderLine]) -> dict[str, str]:
    """By the seller's product, as text: how the reader's own products of the same UPC are called. A seller knows none
    of its buyers' names for things."""
    return {} if request.organization.sells else finding.own_skus(request.organization, lines)


def _order(order: Order) -> list:
    told = [order.number, order.state, order.seller_name, order.buyer_name, order.po_number, order.site]
    told += [order.deliver_to, order.submitted_at, order.deliver_from, order.deliver_until, order.lines_count]
    told += [_plain(order.units), order.currency, order.subtotal, order.tax, order.total, order.payment, order.terms]
    return [*told, order.manifest_number, order.backorder_of.number if order.backorder_of else ""]


def _line(order: Order, line: OrderLine, skus: dict[str, str]) -> list:
    told = [order.number, order.state, order.seller_name, order.buyer_name, order.po_number, line.position, line.sku]
    told += [skus.get(str(line.product_id), ""), line.name, line.unit]
    told += [_plain(getattr(line, name)) for name in ("ordered", "accepted", "shipped", "received", "returned")]
    return [*told, order.currency, line.price, line.total, line.tax]


def _plain(amount) -> str:
    return f"{amount.normalize():f}"


def _drawn(kind: str, names: list[str], rows: Iterable[list]) -> bytes:
    return _as_csv(names, rows) if kind == "csv" else _as_xlsx(names, rows)


def _as_csv(names: list[str], rows: Iterable[list]) -> bytes:
    answer = HttpResponse()
    write = csv.writer(answer)
    write.writerow(names)
    write.writerows([_cell(one) for one in row] for row in rows)
    return answer.content


def _as_xlsx(names: list[str], rows: Iterable[list]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Orders"))
    sheet.append(names)
    for row in rows:
        sheet.append([_cell(one) for one in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(value) -> str:
    """Moments as ISO 8601 in UTC, money as it stands."""
    if value is None:
        return ""
    return cell(value.isoformat() if hasattr(value, "isoformat") else str(value))


def _file(drawn: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(drawn, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
