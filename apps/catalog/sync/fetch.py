"""Steps 1 and 2: ask Dutchie for the whole shelf, and turn its bytes into rows."""

from django.conf import settings

from apps.accounts.models import Credential, Location
from apps.core import outbound
from apps.core.errors import Refused
from apps.gateways.dutchie import SERVICE
from apps.gateways.dutchie.payloads import read_inventory
from apps.gateways.dutchie.pos import Pos

from .kept import shelf
from .work import InventoryWork


def pos_for(location: Location) -> Pos:
    """The location's own door to Dutchie. Refused when it has no key."""
    keys = {key.kind: key for key in location.credentials.all()}
    if Credential.Kind.DUTCHIE_POS not in keys:
        raise Refused(f"{location.name} has no Dutchie key. Add one under Locations.", code="no-dutchie-key")
    integrator = keys.get(Credential.Kind.DUTCHIE_INTEGRATOR)
    return Pos(
        settings.DUTCHIE_POS_URL,
        keys[Credential.Kind.DUTCHIE_POS].open(),
        integrator.open() if integrator else "",
        line=outbound.line(service=SERVICE, key=str(location.pk), limit_per_minute=settings.DUTCHIE_PER_MINUTE),
        allow=settings.OUTBOUND_ALLOW,
    )


def fetch(work: InventoryWork) -> tuple[int, str]:
    page = pos_for(work.location).inventory()
    work.body, work.source = page.body, page.source
    work.run.source = page.source
    return len(page.body), f"Read from Dutchie, {page.source} · {len(page.body) // 1024:,} kB"


def transform(work: InventoryWork) -> tuple[int, str]:
    """Rows that look as they did when they were kept are not read again."""
    work.shelf = shelf(work.location.pk)
    read = read_inventory(work.body, work.shelf.known)
    work.rows, work.bad, work.same, work.body = read.good, read.bad, read.same, b""
    work.prints = dict(zip((row.inventory_id for row in read.good), read.prints, strict=True))
    good = len(read.good) + len(read.same)
    work.counts |= {"fetched": good + len(read.bad), "quarantined": len(read.bad)}
    return good + len(read.bad), f"Typed and checked · {good:,} good · {len(read.bad):,} quarantined"
