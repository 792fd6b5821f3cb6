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
    """Rows that look as they did when they were kept are not read again."""
    with asked_for_shelf(work.location.pk) as told:
        read = sources.read(work.body, work.source, work.location, lambda: told().known)
        work.shelf = told()
    work.rows, work.bad, work.same, work.body = read.good, read.bad, read.same, b""
    work.prints = dict(zip((row.inventory_id for row in read.good), read.prints, strict=True))
    work.digests = {row.inventory_id: row.digest() for row in read.good}
    kept = work.shelf.digests
    work.moved = {
        package for package, digest in work.digests.items() if kept.get(package, b"")[:WORDS] == digest[:WORDS]
    }
    good = len(read.good) + len(read.same)
    work.counts |= {"fetched": good + len(read.bad), "quarantined": len(read.bad)}
    return good + len(read.bad), f"Typed and checked · {good:,} good · {len(read.bad):,} quarantined"
