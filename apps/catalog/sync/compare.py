"""Step 4: what differs from the shelf. A suspicious snapshot is held: a failed read is not an empty shop."""

import re

from apps.catalog.models import StockItem
from apps.core.pipeline import Held

from .work import InventoryWork

MOST_GONE = 0.20  # share of packages that may vanish at once before a person must look (reliability D12)
FEW = 5  # below so many packages a share means nothing; an empty answer is still held
INVENTORY_ID = re.compile(rb'"inventoryId"\s*:\s*"?(\d{1,18})\b', re.IGNORECASE)


def compare(work: InventoryWork) -> tuple[int, str]:
    have = _have(work)
    rows = [row for row in work.rows if row.product_id not in work.put_off]
    work.created = [row for row in rows if row.inventory_id not in have]
    work.updated = [row for row in rows if _differs(row, have)]
    work.gone = _gone(work, have)
    _hold_if_suspicious(work, have)
    counts = work.counts
    counts |= {"created": len(work.created), "updated": len(work.updated), "gone": len(work.gone)}
    counts["put_off"] = len(work.rows) - len(rows)
    counts["unchanged"] = len(rows) - len(work.created) - len(work.updated)
    changed = len(work.created) + len(work.updated) + len(work.gone)
    return changed, (
        f"{counts['updated']:,} changed · {counts['created']:,} new · {counts['gone']:,} gone"
        f" · {counts['unchanged']:,} same"
    )


def _have(work: InventoryWork) -> dict[int, bytes]:
    """Digest by inventory id; empty for a package that was gone, so that its return counts as a change."""
    mine = StockItem.objects.filter(location_id=work.location.pk)
    return {
        inventory_id: b"" if gone_at else bytes(digest)
        for inventory_id, digest, gone_at in mine.values_list("inventory_id", "digest", "gone_at").iterator(5000)
    }


def _differs(row, have: dict[int, bytes]) -> bool:
    return row.inventory_id in have and have[row.inventory_id] != row.digest()


def _gone(work: InventoryWork, have: dict[int, bytes]) -> list[int]:
    """Present packages that were not told of. A bad row tells of its package, too; without an id it may be any."""
    told = {row.inventory_id for row in work.rows}
    for bad in work.bad:
        found = INVENTORY_ID.search(bad.raw)
        if not found:
            return []
        told.add(int(found[1]))
    return [inventory_id for inventory_id, digest in have.items() if digest and inventory_id not in told]


def _hold_if_suspicious(work: InventoryWork, have: dict[int, bytes]) -> None:
    present = sum(1 for digest in have.values() if digest)
    told = len(work.rows) + len(work.bad)
    if not present or work.release:
        return
    if not told or (present >= FEW and len(work.gone) > MOST_GONE * present):
        raise Held(
            f"Dutchie sent {told:,} rows where about {present:,} were expected; {len(work.gone):,} packages would"
            " vanish. Nothing was applied and no stock was zeroed."
        )
