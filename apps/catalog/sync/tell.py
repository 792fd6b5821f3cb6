"""Steps 6 and 7: tell open pages and upper floors, and record the run; all in the writing's transaction."""

from apps.catalog.events import stock_changed
from apps.core import audit
from apps.core.push import push

from .work import InventoryWork

NAMED = 200  # a page that shows one of more changed products refetches anyway


def notify(work: InventoryWork) -> tuple[int, str]:
    """Open pages hear of a read that changed nothing, too: what they show is fresh again."""
    topic, products = f"inventory.{work.location.pk}", [str(product) for product in work.lines]
    if not products:
        push(topic, "stock.read", run=work.run.pk)
        return 0, "Nothing changed; told open pages that the shelf is fresh"
    push(topic, "stock.changed", run=work.run.pk, count=len(products), products=products[:NAMED])
    stock_changed.tell(location_id=str(work.location.pk), products=products)
    return len(products), f"Told open pages of {len(products):,} products"


def log(work: InventoryWork) -> tuple[int, str]:
    written = len(work.created) + len(work.updated) + len(work.gone)
    if not (written or work.new_links or work.bad or work.release):
        return 0, "Nothing changed, nothing recorded"
    facts = {key: work.counts[key] for key in ("created", "updated", "gone", "quarantined", "new", "review")}
    audit.record(
        f"sync, {work.run.trigger}",
        "inventory.synced",
        work.location,
        run=work.run.pk,
        digest=work.digest,
        **facts,
        **({"released": work.release.why, "released_by": work.release.decided_by} if work.release else {}),
    )
    return 1, f"One audit record vouches for {written:,} rows"
