"""ReUp's own pipeline over pages that lie in memory: only the call to Dutchie is left out."""

from collections.abc import Iterator
from dataclasses import replace

from apps.accounts.models import Location
from apps.catalog.models import Product, ProductLink
from apps.catalog.sync import PHASES, InventoryWork
from apps.core import pipeline
from apps.core.locks import only_one
from apps.core.models import SyncRun
from apps.core.pipeline import Phase
from apps.core.scope import everyone, scope
from tests import make

from . import pages
from .pages import Store

SOURCE = "/reporting/inventory"


def open_stores(count: int, rows: int, *, first: int = 0) -> list[Store]:
    """Companies, locations and known products for `count` stores, numbered from `first`."""
    made: list[Store] = []
    company = None
    for number in range(first, first + count):
        lsp = 800 + number // pages.STORES_A_TENANT
        if company is None or number % pages.STORES_A_TENANT == 0:
            company = make.organization()
            _know_products(company, lsp)
        place = make.location(organization=company, lsp=lsp, loc=number, slug=f"bench-{number}")
        made.append(pages.store(company.pk, place.pk, number=number, rows=rows))
    return made


def more_stores(like: Store, count: int) -> Iterator[Store]:
    """Further stores of the same company, which would be sent the same page."""
    with everyone("bench"):
        company = Location.objects.get(pk=like.location).organization
    for number in range(1, count + 1):
        slug = f"bench-{like.lsp}-{number}"
        place = make.location(organization=company, lsp=like.lsp, loc=10_000_000 + number, slug=slug)
        yield replace(like, location=place.pk)


def _know_products(company, lsp: int) -> None:
    with everyone("bench"):
        numbers = range(pages.PRODUCTS)
        products = Product.objects.bulk_create(
            [Product(organization=company, sku=f"{lsp}-{number:05}", name=f"Product {number}") for number in numbers]
        )
        links = [
            ProductLink(
                organization=company,
                lsp=lsp,
                dutchie_product=pages.product_of(lsp, number),
                product=product,
                method="sku",
                reason="The SKU is ours alone.",
                source_name=product.name,
            )
            for number, product in enumerate(products)
        ]
        ProductLink.objects.bulk_create(links)


def sync(store: Store, body: bytes) -> SyncRun:
    """One run as the worker does it: scope, lease, seven steps."""

    def from_memory(work: InventoryWork) -> tuple[int, str]:
        work.body, work.source = body, SOURCE
        return len(body), "Read from memory"

    with scope(store.organization), only_one(f"inventory:{store.location}") as lease:
        place = Location.objects.get(pk=store.location)
        run = pipeline.begin(
            organization_id=place.organization_id,
            location_id=place.pk,
            location_name=place.name,
            kind="inventory",
            trigger="bench",
        )
        work = InventoryWork(run=run, location=place, leases=[lease])
        with work.stack:
            return pipeline.run([Phase("fetch", from_memory), *PHASES[1:]], work)
