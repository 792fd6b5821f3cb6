"""From a hold to packages: the one that expires first, first; or those that staff pick."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum

from apps.catalog.models import Reservation, ShelfLine, StockIssue, StockItem

from .holding import Short, ShortLine, Want, as_seller, release

ZERO = Decimal(0)
# By shelf line: what the order holds, and what is held by those that came after it.
OWED = """
WITH own AS (
    SELECT shelf_line_id, sum(quantity) AS held, min(id) AS first FROM catalog_reservation
    WHERE "order" = %(order)s AND state = 'HELD' AND shelf_line_id = ANY(%(lines)s) GROUP BY 1
)
SELECT own.shelf_line_id, own.held, coalesce(sum(later.quantity), 0) FROM own LEFT JOIN catalog_reservation later
ON later.shelf_line_id = own.shelf_line_id AND later.state = 'HELD' AND later.id > own.first
   AND later."order" <> %(order)s
GROUP BY 1, 2
"""
KEEP = """
WITH kept AS (
    INSERT INTO catalog_reservation
        (organization_id, shelf_line_id, package_id, "order", line, quantity, state, made_at)
    SELECT %(seller)s, shelf_line_id, package_id, %(order)s, line, quantity, 'ALLOCATED', %(now)s
    FROM unnest(%(shelf)s::uuid[], %(packages)s::bigint[], %(lines)s::uuid[], %(quantities)s::numeric[])
    AS picked (shelf_line_id, package_id, line, quantity)
    RETURNING shelf_line_id, quantity
), sums AS (SELECT shelf_line_id, sum(quantity) AS quantity FROM kept GROUP BY 1)
UPDATE catalog_shelfline line SET allocated = line.allocated + sums.quantity FROM sums
WHERE line.id = sums.shelf_line_id
"""


@dataclass(frozen=True)
class Pick:
    """So much of a package, for a line of an order."""

    line: UUID
    package: int
    quantity: Decimal


def allocate(*, seller: UUID, order: UUID, wants: Iterable[Want], now, chosen: Iterable[Pick] = ()) -> list[Pick]:
    """Give the order's lines their packages, in place of whatever it held or had before.

    First-expiry-first-out, but for lines with `chosen` packages, which must add up to what is wanted. What others hold
    is theirs; only where the POS took goods away does an earlier hold come before a later one. Raises `Short` with
    every line whose goods are not there.
    """
    wanted = [want for want in wants if want.quantity > 0]
    with as_seller(seller), transaction.atomic():
        lines = {want.shelf_line for want in wanted}
        _locked(lines)
        owed = _owed(order, lines)
        release(seller=seller, order=order, now=now)
        plan = _planned(_locked(lines), wanted, list(chosen), owed)
        _keep(seller, order, wanted, plan, now)
    return plan


def picks(*, seller: UUID, order: UUID) -> list[Reservation]:
    """The packages the order has, with the package read along."""
    with as_seller(seller):
        rows = Reservation.objects.of(order).filter(state__in=["ALLOCATED", "CONSUMED"])
        return list(rows.select_related("package", "shelf_line__product").order_by("shelf_line_id", "id"))


def _locked(ids: set[UUID]) -> dict[UUID, ShelfLine]:
    lines = ShelfLine.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    return {line.pk: line for line in lines}


def _owed(order: UUID, lines: set[UUID]) -> dict[UUID, tuple[Decimal, Decimal]]:
    """By shelf line, what the order holds, and may take though later holds stand on the same goods: how much of it
    those later holds would have to give way for. Called under the lines' locks, before the order's hold is released."""
    with connection.cursor() as cursor:
        cursor.execute(OWED, {"order": order, "lines": list(lines)})
        return {line: (held, later) for line, held, later in cursor.fetchall()}


def _planned(shelf: dict[UUID, ShelfLine], wanted: list[Want], chosen: list[Pick], owed: dict) -> list[Pick]:
    left = _left(shelf, owed)
    by_hand = defaultdict(list)
    for pick in chosen:
        by_hand[pick.line].append(pick)
    plan: list[Pick] = []
    short: dict[UUID, Decimal] = {}
    for want in wanted:
        packages = left.get(want.shelf_line, {})
        took = _by_hand(want, packages, by_hand[want.line]) if want.line in by_hand else _by_expiry(want, packages)
        plan += took
        missing = want.quantity - sum((pick.quantity for pick in took), ZERO)
        if missing > 0:
            short[want.shelf_line] = short.get(want.shelf_line, ZERO) + missing
    if short:
        raise Short(_short_lines(short, wanted))
    return plan


def _short_lines(missing: dict[UUID, Decimal], wanted: list[Want]) -> list[ShortLine]:
    asked: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for want in wanted:
        asked[want.shelf_line] += want.quantity
    return [ShortLine(line, asked[line], max(asked[line] - lack, ZERO)) for line, lack in missing.items()]


def _left(shelf: dict[UUID, ShelfLine], owed: dict) -> dict[UUID, dict[int, Decimal]]:
    """Of each package that may be sold, first expiry first, what no other order has; and no more in all than the shelf
    line has free, or a hold of another order would be taken from it."""
    by_line = {(line.location_id, line.product_id): line for line in shelf.values()}
    items = StockItem.objects.for_sale().filter(
        location__in={line.location_id for line in shelf.values()},
        product__in={line.product_id for line in shelf.values()},
    )
    rows = [item for item in items if (item.location_id, item.product_id) in by_line]
    taken = _taken([item.pk for item in rows])
    free = {line.pk: _free(line, *owed.get(line.pk, (ZERO, ZERO))) for line in shelf.values()}
    left: dict[UUID, dict[int, Decimal]] = {line: {} for line in shelf}
    for item in rows:
        line = by_line[item.location_id, item.product_id].pk
        had = min(max(item.quantity - taken.get(item.pk, ZERO), ZERO), free[line])
        free[line] -= had
        left[line][item.pk] = had
    return left


def _free(line: ShelfLine, held: Decimal, later: Decimal) -> Decimal:
    """What nobody has a claim on; and up to what the order held, what only later holds claim."""
    return max(line.available, min(held, line.available + later), ZERO)


def _taken(packages: list[int]) -> dict[int, Decimal]:
    taken: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = Reservation.objects.filter(package__in=packages, state="ALLOCATED").values_list("package")
    for package, quantity in rows.annotate(Sum("quantity")):
        taken[package] += quantity
    gone = StockIssue.objects.filter(package__in=packages, seen_at=None).values_list("package")
    for package, quantity in gone.annotate(Sum("quantity")):
        taken[package] += quantity
    return taken


def _by_expiry(want: Want, packages: dict[int, Decimal]) -> list[Pick]:
    took, need = [], want.quantity
    for package, had in packages.items():
        part = min(had, need)
        if part > 0:
            took.append(Pick(want.line, package, part))
            packages[package] -= part
            need -= part
    return took


def _by_hand(want: Want, packages: dict[int, Decimal], chosen: list[Pick]) -> list[Pick]:
    """Staff's own choice; a package that hasn't so much gives what it has, and the line then falls short."""
    took = []
    for pick in chosen:
        part = min(packages.get(pick.package, ZERO), pick.quantity)
        if part > 0:
            packages[pick.package] -= part
            took.append(Pick(want.line, pick.package, part))
    return took


def _keep(seller: UUID, order: UUID, wanted: list[Want], plan: list[Pick], now) -> None:
    shelf_of = {want.line: want.shelf_line for want in wanted}
    values = {
        "lines": [pick.line for pick in plan],
        "shelf": [shelf_of[pick.line] for pick in plan],
        "packages": [pick.package for pick in plan],
        "quantities": [pick.quantity for pick in plan],
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values | {"seller": seller, "order": order, "now": now})
