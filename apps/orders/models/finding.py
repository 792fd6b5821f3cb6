"""Named reads of orders for lists: by tab, by what was typed, counted by state."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import TruncWeek

from apps.accounts.rules import Side
from apps.catalog.models import Product, ShelfLine
from apps.core.planned import planned
from apps.orders.rules import ENDED, WAITS_FOR_SELLER, State
from apps.orders.rules.terms import Terms

from .orders import Order, OrderLine

MOVING = frozenset({State.ACCEPTED, State.PREPARING, State.SHIPPED})
FOR_BUYER = frozenset({State.COUNTERED, State.DELIVERED})
LONGEST = 80
MOST_COUNTED = 1_000  # of one state; a page says "1,000+" then
BACKORDERS = "backorders"


def orders_of(user, organization):
    """One organization's orders, on the side it stands on."""
    mine = {"seller": organization} if organization.sells else {"buyer": organization}
    return Order.objects.visible_to(user).filter(**mine)


def under_way(orders):
    """Those that are still to arrive, in the order they will; without a day yet last."""
    found = orders.exclude(state__in=[*ENDED, State.DRAFT, State.DELIVERED])
    return found.order_by(F("deliver_from").asc(nulls_last=True), "number")


def tabs(*, sells: bool) -> dict[str, frozenset]:
    """The states of each tab. `needs-you` is what waits for this side: an answer, a receipt; at the wholesaler a
    decision; `waiting` what waits for the other."""
    seller, buyer = WAITS_FOR_SELLER, FOR_BUYER
    return {
        "open": frozenset(State) - ENDED - {State.DRAFT},
        "needs-you": seller if sells else buyer,
        "draft": frozenset({State.DRAFT}),
        "waiting": buyer if sells else seller,
        BACKORDERS: frozenset(State) - ENDED,
        "on-the-way": MOVING,
        "ended": ENDED,
        "all": frozenset(State),
    }


def in_tab(orders, tab: str, *, sells: bool):
    """Those of a tab; a backorder is known by its parent, and stands in the tab of its state as well."""
    found = orders.filter(state__in=tabs(sells=sells)[tab])
    return found.filter(backorder_of__isnull=False) if tab == BACKORDERS else found


def saying(words: str) -> Q:
    """Orders that a number, a PO number, a name of either side, a SKU or a product's name leads to."""
    words = words.strip()[:LONGEST]
    if not words:
        return Q()
    lines = OrderLine.objects.filter(Q(sku__iexact=words) | Q(name__icontains=words), order=OuterRef("pk"))
    told = Q(po_number__icontains=words) | Q(title__icontains=words)
    sides = Q(seller_name__icontains=words) | Q(buyer_name__icontains=words)
    return Q(number__startswith=words) | told | sides | Exists(lines)


def own_skus(buyer, lines: list[OrderLine]) -> dict[str, str]:
    """By the seller's product, as text: the SKU of the buyer's own product with its UPC, where there is one."""
    pairs = Product.objects.filter(pk__in={line.product_id for line in lines}).exclude(upc="").values_list("pk", "upc")
    upcs = dict(pairs)
    own = Product.objects.filter(organization=buyer, upc__in=set(upcs.values())).exclude(sku="")
    skus = dict(own.order_by("-created_at").values_list("upc", "sku"))
    return {str(product): skus[upc] for product, upc in upcs.items() if upc in skus}


def alternatives(order: Order, lines: list[OrderLine], most: int = 4) -> list[ShelfLine]:
    """What lies at the order's site of the categories of its lines and isn't on it, the same brands first, then what
    there is most of."""
    wanted = Product.objects.filter(pk__in=[line.product_id for line in lines]).values_list("category", "brand")
    categories, brands = ({one for one in ids if one} for ids in zip(*wanted, strict=True)) if wanted else ((), ())
    left = F("quantity") - F("held") - F("allocated") - F("leaving") - F("safety")
    shelf = ShelfLine.objects.offered().filter(location=order.ships_from_id, product__category__in=categories)
    other = shelf.exclude(product__in=[line.product_id for line in lines]).exclude(price=None).exclude(product__sku="")
    ordered = other.annotate(left=left, alike=Q(product__brand__in=brands or {0})).filter(left__gt=0)
    return list(ordered.select_related("product__brand", "product__category").order_by("-alike", "-left", "id")[:most])


def placed_by_week(orders, first, zone: str) -> dict:
    """How many orders were submitted in each week, by its Monday in the zone's time, from the first on."""
    here = ZoneInfo(zone)
    since = datetime.combine(first, datetime.min.time(), here)
    found = orders.order_by().filter(submitted_at__gte=since).annotate(week=TruncWeek("submitted_at", tzinfo=here))
    return {row["week"].date(): row["n"] for row in found.values("week").annotate(n=Count("pk"))}


def newest_first(orders):
    """Annotated for pages by cursor (apps/core/keyset.py); ask them descending."""
    return orders.annotate(key=F("created_at"))


COUNTED = "SELECT wanted.state, (SELECT count(*) FROM ({rows}) found) FROM unnest(%s::text[]) AS wanted(state)"


def counts(rows, *, by: str = "moved_at") -> dict[str, int]:
    """How many orders (or invoices) stand in each state of theirs, MOST_COUNTED where it is so many or more; one read,
    whatever their number.

    In the order of an index (`by`, after side and state): else PostgreSQL would look for a state that nobody is in
    among all rows."""
    of_state = rows.filter(state=RawSQL("wanted.state", ())).order_by(by).values("pk")[:MOST_COUNTED]  # noqa: S611
    sql, values = of_state.query.sql_with_params()
    states = [value for value, _word in rows.model._meta.get_field("state").choices]
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(rows=sql), [*values, states])
        return dict(cursor.fetchall())


def drafts_at(user, organization, place):
    """A retailer's drafts that ship from a place, the one touched last first."""
    mine = orders_of(user, organization).filter(state=State.DRAFT, ships_from=place)
    return mine.order_by("-moved_at")


class InTheBar(NamedTuple):
    """A draft as the bar under a shelf tells it."""

    number: str
    title: str
    currency: str
    total: Decimal
    tax: Decimal
    units: Decimal
    lines_count: int

    @property
    def subtotal(self) -> Decimal:
        return self.total - self.tax


BAR = """
SELECT terms.order_minimum, draft.*
FROM (SELECT) always
LEFT JOIN orders_tradeterms terms ON terms.seller_id = %(seller)s AND terms.buyer_id = %(buyer)s
LEFT JOIN LATERAL (
    SELECT number, title, currency, total, tax, units, lines_count, moved_at FROM orders_order
    WHERE buyer_id = %(buyer)s AND ships_from_id = %(place)s AND state = %(draft)s AND deleted_at IS NULL
      AND drafted_by = %(side)s
    ORDER BY moved_at DESC LIMIT %(most)s
) draft ON true
ORDER BY draft.moved_at DESC
"""


def in_the_bar(*, buyer, place, most: int) -> tuple[Decimal, list[InTheBar]]:
    """The least a retailer's order at the place may come to, and the drafts of `drafts_at`: one read for each page of
    the catalog, a third of what the same took as models."""
    values = {"buyer": buyer.pk, "seller": place.organization_id, "place": place.pk, "most": most}
    values |= {"draft": State.DRAFT.value, "side": Side.RETAILER.value}
    rows = planned(BAR, values)
    minimum = Terms.order_minimum if rows[0][0] is None else rows[0][0]
    return minimum, [InTheBar(*row[1:-1]) for row in rows if row[1] is not None]


def current_draft(drafts, number: str | None) -> Order | None:
    """The one that was chosen, else the one touched last; None where there is none."""
    chosen = drafts.filter(number=number).first() if number else None
    return chosen or drafts.first()


def chosen_key(place) -> str:
    """Where a session keeps which draft takes what is added from that place, or from the place of that id."""
    return f"draft:{getattr(place, 'pk', place)}"
