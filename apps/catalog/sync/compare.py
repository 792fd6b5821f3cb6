"""Step 4: what differs from the shelf. A suspicious snapshot is held (guard.py): a failed read is not an empty shop."""

import re

from apps.gateways.dutchie.payloads import Amounts, StockRow

from .guard import hold_if_suspicious
from .kept import gone
from .work import InventoryWork

INVENTORY_ID = re.compile(rb'"inventoryId"\s*:\s*"?(\d{1,18})\b', re.IGNORECASE)


def compare(work: InventoryWork) -> tuple[int, str]:
    rows = [row for row in work.rows if row.product_id not in work.put_off]
    _sort_out(work, rows + work.amounts)
    work.gone = _gone(work)
    hold_if_suspicious(work)
    counts = work.counts
    counts |= {"created": len(work.created), "updated": len(work.updated), "gone": len(work.gone)}
    counts["put_off"] = len(work.rows) - len(rows)
    counts["unchanged"] = len(work.same) + len(work.reworded)
    changed = len(work.created) + len(work.updated) + len(work.gone)
    return changed, (
        f"{counts['updated']:,} changed · {counts['created']:,} new · {counts['gone']:,} gone"
        f" · {counts['unchanged']:,} same"
    )


def _sort_out(work: InventoryWork, rows: list[StockRow | Amounts]) -> None:
    """The rows that were read: new, changed (or back after they were gone), or only looking different."""
    kept = work.shelf.digests
    back = gone(work.location.pk, [row.inventory_id for row in rows if row.inventory_id not in kept])
    for row in rows:
        if row.inventory_id not in kept and row.inventory_id not in back:
            work.created.append(row)
        elif kept.get(row.inventory_id) == work.digests[row.inventory_id]:
            work.reworded.append(row)
        else:
            work.updated.append(row)


def _gone(work: InventoryWork) -> list[int]:
    """Present packages that were not told of. A bad row tells of its package, too; without an id it may be any."""
    work.told = {row.inventory_id for row in work.rows + work.amounts}.union(work.same)
    named = [INVENTORY_ID.search(bad.raw) for bad in work.bad]
    work.told.update(int(found[1]) for found in named if found)
    if not all(named):
        work.told.update(work.shelf.packages)
    return sorted(work.shelf.packages.keys() - work.told)
