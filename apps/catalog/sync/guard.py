"""The guard of step 4: an answer that would change too much at once waits for a person, and nothing of it is applied.

The limits are D11 (bad rows) and D12 (what vanishes, how far sums and prices move) of the reliability plan. A snapshot
that a person has released takes the shelf's place as what the answer is measured against.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.catalog import actions
from apps.catalog.models import StockItem
from apps.core.look.text import money, quantity
from apps.core.pipeline import Held

from .aside import ignored, only_keep
from .kept import amounts
from .work import InventoryWork

FEW = 5  # below so many packages a share means nothing; an empty answer is still held
MOST_GONE = Decimal("0.20")  # share of packages that may vanish at once (D12)
LEAST_STOCK = Decimal("0.50")  # share of the stock's sum that has to be left (D12)
MOST_PRICE = Decimal("0.30")  # how far the middle price may move, as a share (D12)
MANY_BAD, MOST_BAD = 20, Decimal("0.05")  # bad rows: at least so many, and over this share of all rows (D11)
MUCH = Decimal("0.05")  # share of packages that are new, changed or gone; up to it nothing is measured
SHOWN = 50


@dataclass(frozen=True)
class Figures:
    """An answer or a shelf, measured: its packages, the sum of their quantities, the middle of their prices over 0
    (None without one), and how many rows could not be used, ignored ones aside."""

    packages: frozenset[int]
    quantity: Decimal
    price: Decimal | None
    bad: int = 0


def hold_if_suspicious(work: InventoryWork) -> None:
    """Raises Held when the answer differs too much from the shelf, or from the snapshot that was released."""
    if not _much_changes(work) and len(work.bad) < MANY_BAD:
        return
    shelf, answer = _measured(work)
    known = _released(work) if work.release else shelf
    reasons = suspicions(known, answer, work.counts["fetched"])
    if reasons:
        _hold(work, answer, reasons)
        said = " ".join(text for _kind, text in reasons)
        raise Held(f"{said} {_('Nothing was applied and no stock was zeroed.')}")


def _much_changes(work: InventoryWork) -> bool:
    """Whether the answer is worth measuring: a few packages are no mass change, and to sum the shelf takes its time."""
    touched = len(work.created) + len(work.updated) + len(work.gone)
    return bool(work.shelf.packages and touched > MUCH * len(work.shelf.packages))


def suspicions(known: Figures, answer: Figures, rows: int) -> list[tuple[str, str]]:
    """What is too much at once: `(kind, sentence)`; kinds are gone, stock, price and bad."""
    present, gone = len(known.packages), len(known.packages - answer.packages)
    found = []
    if present and (not rows or (present >= FEW and gone > MOST_GONE * present)):
        told = _("Dutchie sent %(rows)s rows where about %(present)s were expected; %(gone)s packages would vanish.")
        found.append(("gone", told % {"rows": f"{rows:,}", "present": f"{present:,}", "gone": f"{gone:,}"}))
    if present >= FEW and answer.quantity < LEAST_STOCK * known.quantity:
        told = _("The stock would fall from %(was)s to %(now)s.")
        found.append(("stock", told % {"was": quantity(known.quantity), "now": quantity(answer.quantity)}))
    if present >= FEW and known.price and answer.price and abs(answer.price - known.price) > MOST_PRICE * known.price:
        told = _("The middle price would move from %(was)s to %(now)s.")
        found.append(("price", told % {"was": money(known.price), "now": money(answer.price)}))
    more = answer.bad - known.bad
    if more >= MANY_BAD and more > MOST_BAD * rows:
        told = _("%(bad)s of %(rows)s rows can't be used.")
        found.append(("bad", told % {"bad": f"{answer.bad:,}", "rows": f"{rows:,}"}))
    return found


def _measured(work: InventoryWork) -> tuple[Figures, Figures]:
    """The shelf as it is, and as it would be."""
    rows = work.created + work.updated
    touched = {row.inventory_id for row in rows}.union(work.gone)
    had = amounts(work.location.pk)
    after = [(stock, price) for package, stock, price in had if package not in touched]
    after += [(_ten_thousandths(row.quantity), _ten_thousandths(row.price)) for row in rows]
    bad = len(work.bad) - ignored(work) if len(work.bad) >= MANY_BAD else 0
    return (
        Figures(frozenset(work.shelf.packages), *_sum_and_middle([amount[1:] for amount in had])),
        Figures(frozenset(work.told), *_sum_and_middle(after), bad),
    )


def _sum_and_middle(amounts: list[tuple[int, int]]) -> tuple[Decimal, Decimal | None]:
    """The stock's sum, and the lower middle of the prices over 0."""
    prices = sorted(price for _, price in amounts if price > 0)
    middle = Decimal(prices[(len(prices) - 1) // 2]).scaleb(-4) if prices else None
    return Decimal(sum(stock for stock, _ in amounts)).scaleb(-4), middle


def _ten_thousandths(amount: Decimal) -> int:
    return int(amount.scaleb(4))


def _released(work: InventoryWork) -> Figures:
    kept = work.release
    return Figures(frozenset(kept.told), kept.quantity, kept.price, kept.bad)


@transaction.atomic
def _hold(work: InventoryWork, answer: Figures, reasons: list[tuple[str, str]]) -> None:
    only_keep(work, timezone.now())
    actions.hold(
        run=work.run,
        location=work.location,
        reasons=[{"kind": kind, "text": text} for kind, text in reasons],
        told=sorted(answer.packages),
        quantity=answer.quantity,
        price=answer.price,
        bad=answer.bad,
        counts={"created": len(work.created), "updated": len(work.updated), "gone": len(work.gone)},
        differences={"gone": _would_vanish(work), "changed": _would_change(work)},
    )


def _would_vanish(work: InventoryWork) -> list[dict]:
    """The largest of the packages that would vanish."""
    mine = StockItem.objects.filter(location=work.location, inventory_id__in=work.gone).order_by("-quantity", "pk")
    return [
        {"name": item.name, "sku": item.sku, "quantity": str(item.quantity), "unit": item.unit} for item in mine[:SHOWN]
    ]


def _would_change(work: InventoryWork) -> list[dict]:
    """The first quantities and prices that would change: `{name, sku, field, old, new}`."""
    rows = {row.inventory_id: row for row in work.updated}
    mine = StockItem.objects.filter(location=work.location, inventory_id__in=rows).order_by("name", "pk")
    found = []
    for item in mine.iterator():
        for name in ("quantity", "price"):
            old, new = getattr(item, name), getattr(rows[item.inventory_id], name)
            if old != new:
                found.append({"name": item.name, "sku": item.sku, "field": name, "old": str(old), "new": str(new)})
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]
