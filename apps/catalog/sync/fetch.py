"""Steps 1 and 2: ask Dutchie for the whole shelf, and turn its bytes into rows."""

from apps.gateways.dutchie.payloads.digest import WORDS

from . import sources
from .kept import asked_for_shelf
from .work import InventoryWork


def fetch(work: InventoryWork) -> tuple[int, str]:
    found = sources.fetch_from(work.location)
    work.body, work.source, work.upcs = found.page.body, found.page.source, found.upcs
    work.run.source = work.source
    instead = f" · not from the POS: {found.why_not}" if found.why_not else ""
    return len(work.body), f"Read from Dutchie, {work.source} · {len(work.body) // 1024:,} kB{instead}"


def transform(work: InventoryWork) -> tuple[int, str]:
    """Rows that look as they did when they were kept aren't read again, of those whose words do the amounts are."""
    with asked_for_shelf(work.location.pk) as told:
        read = sources.read(work.body, work.source, work.location, lambda: told().known)
        work.shelf = told()
    work.rows, work.amounts, work.bad, work.same, work.body = read.good, read.moved, read.bad, read.same, b""
    work.prints = read.prints
    kept = work.shelf.digests
    work.digests = {row.inventory_id: row.digest() for row in read.good}
    work.moved = {
        package for package, digest in work.digests.items() if kept.get(package, b"")[:WORDS] == digest[:WORDS]
    }
    work.digests |= {row.inventory_id: kept[row.inventory_id][:WORDS] + row.digest() for row in read.moved}
    work.moved.update(row.inventory_id for row in read.moved)
    good = len(read.good) + len(read.moved) + len(read.same)
    work.counts |= {"fetched": good + len(read.bad), "quarantined": len(read.bad)}
    return good + len(read.bad), f"Typed and checked · {good:,} good · {len(read.bad):,} quarantined"
