"""Step 3: which of our products is each of theirs. Known links are kept; a new product of theirs is decided once."""

from collections import Counter
from uuid import UUID

from django.db.models import QuerySet

from apps.catalog import rules
from apps.catalog.models import Alias, Product, ProductLink, RejectedPair, StockItem
from apps.catalog.rules import Decision, Incoming, Known, Method
from apps.core.locks import in_turn
from apps.gateways.base import Declined, Unreachable
from apps.gateways.dutchie.payloads import ProductRow, StockRow, read_products

from .names import by_name
from .sources import pos_for
from .work import InventoryWork, KnownLink

LONGEST_WAIT = 60  # seconds for another location of the company to decide its new products


def match(work: InventoryWork) -> tuple[int, str]:
    first = {row.product_id: row for row in reversed(work.rows) if row.inventory_id not in work.moved}
    work.links = _known_links(work, first)
    if _unknown(work, first):
        work.leases.append(work.stack.enter_context(in_turn(_deciding(work), seconds=LONGEST_WAIT)))
        work.links = _known_links(work, first)  # another location of the company may have decided meanwhile
    if unknown := _unknown(work, first):
        _decide_all(work, unknown)
    _count(work)
    counts = work.counts
    matched = sum(counts["matched"].values())
    products = matched + counts["new"] + counts["review"] + len(work.put_off)
    told = f"{matched:,} products known · {counts['new']:,} new · {counts['review']:,} wait for staff"
    return products, told + _without_upcs(work)


def _without_upcs(work: InventoryWork) -> str:
    return "" if work.upcs or not work.new_links else " · decided without UPCs: no product list can be asked for"


def _deciding(work: InventoryWork) -> str:
    """New products are decided for one location of a company at a time: two at once would make each product twice."""
    return f"deciding products:{work.location.organization_id}"


def _unknown(work: InventoryWork, first: dict[int, StockRow]) -> dict[int, StockRow]:
    return {key: row for key, row in first.items() if key not in work.links}


def _known_links(work: InventoryWork, first: dict[int, StockRow]) -> dict[int, KnownLink | ProductLink]:
    if not first:
        return {}
    found = _links(work).filter(dutchie_product__in=first).values_list(*KnownLink._fields)
    return {link.dutchie_product: link for link in map(KnownLink._make, found)}


def _links(work: InventoryWork) -> QuerySet[ProductLink]:
    return ProductLink.objects.filter(organization_id=work.location.organization_id, lsp=work.location.dutchie_lsp)


def _decide_all(work: InventoryWork, unknown: dict[int, StockRow]) -> None:
    """When the product list can't be read now, what it would decide is put off to the next run."""
    try:
        catalogue = _catalogue(work)
    except Unreachable:
        work.put_off = set(unknown)
        return
    incoming = {key: _incoming(row, catalogue.get(key)) for key, row in unknown.items()}
    shelf = _shelf(work)
    skus, upcs = _carried_twice(work, incoming, catalogue)
    linked, rejected = _linked(work), _rejected(work, unknown)
    decided = {
        key: rules.match(row, shelf, skus, upcs, linked, rejected.get(key, frozenset()))
        for key, row in incoming.items()
    }
    nameless = {key: incoming[key] for key, decision in decided.items() if decision.method == Method.NEW}
    decided |= by_name(nameless, shelf, linked, rejected)
    for key, row in sorted(unknown.items()):
        work.links[key] = _link(work, row, incoming[key], decided[key])
        work.new_links.append(work.links[key])


def _catalogue(work: InventoryWork) -> dict[int, ProductRow]:
    """The tenant's product list, where alone UPCs stand. The back office has none, and a key may not open it: then
    they decide nothing, and the step says so."""
    if work.upcs:
        try:
            return {row.product_id: row for row in read_products(pos_for(work.location).products().body).good}
        except Declined:
            work.upcs = False
    return {}


def _incoming(row: StockRow, listed: ProductRow | None) -> Incoming:
    return Incoming(
        id=row.product_id,
        name=row.name,
        sku=row.sku,
        upc=rules.gtin14(listed.upc) if listed else "",
        brand=row.brand,
        weight=row.unit_weight or None,
    )


def _shelf(work: InventoryWork) -> rules.Shelf:
    shelf = rules.Shelf()
    ours = Product.objects.filter(organization_id=work.location.organization_id)
    for values in ours.values_list("id", "name", "sku", "upc", "brand__name", "unit_weight"):
        id_, name, sku, upc, brand, weight = values
        shelf.add(Known(id_, name, sku, upc, brand or "", weight))
    learned = Alias.objects.filter(organization_id=work.location.organization_id)
    shelf.aliases = dict(learned.values_list("key", "product_id"))
    return shelf


def _carried_twice(work: InventoryWork, incoming: dict, catalogue: dict) -> tuple[frozenset[str], frozenset[str]]:
    """SKUs and UPCs that several products of this tenant carry, by its own list and by what is in stock."""
    skus = {key: listed.sku for key, listed in catalogue.items()}
    here = StockItem.objects.filter(location_id=work.location.pk).present()
    skus |= dict(here.values_list("link__dutchie_product", "sku"))
    skus |= {row.product_id: row.sku for row in work.rows}
    upcs = {key: rules.gtin14(listed.upc) for key, listed in catalogue.items()}
    return _repeated(skus.values()), _repeated(upcs.values())


def _repeated(values) -> frozenset[str]:
    return frozenset(value for value, times in Counter(filter(None, values)).items() if times > 1)


def _linked(work: InventoryWork) -> frozenset[UUID]:
    """Products of ours that another product of this tenant is linked to already."""
    return frozenset(_links(work).exclude(product=None).values_list("product_id", flat=True))


def _rejected(work: InventoryWork, unknown: dict[int, StockRow]) -> dict[int, frozenset[UUID]]:
    """Products of ours that a person has said theirs is not, by theirs."""
    mine = RejectedPair.objects.filter(organization_id=work.location.organization_id, lsp=work.location.dutchie_lsp)
    found: dict[int, set[UUID]] = {}
    for theirs, ours in mine.filter(dutchie_product__in=unknown).values_list("dutchie_product", "product_id"):
        found.setdefault(theirs, set()).add(ours)
    return {theirs: frozenset(ours) for theirs, ours in found.items()}


def _link(work: InventoryWork, row: StockRow, incoming: Incoming, decision: Decision) -> ProductLink:
    product = decision.product
    if decision.method == Method.NEW:
        made = _product(work, row, incoming)
        work.new_products.append(made)
        work.named[made.pk] = row
        product = made.pk
    waits = decision.method == Method.REVIEW
    return ProductLink(
        organization_id=work.location.organization_id,
        lsp=work.location.dutchie_lsp,
        dutchie_product=row.product_id,
        product_id=product,
        state=ProductLink.State.REVIEW if waits else ProductLink.State.LINKED,
        method=decision.method,
        score=decision.score,
        reason=decision.reason,
        source_name=row.name,
        source_sku=row.sku,
        source=_source(row, incoming),
        candidates=_candidates(decision),
        decided_by="" if waits else "sync",
    )


def _candidates(decision: Decision) -> list[dict]:
    """As the review reads them: `{product, score, why, veto}`, best first."""
    told = {ours: (str(score), why) for ours, score, why in decision.scored}
    waiting = (*told, *(ours for ours in decision.candidates if ours not in told))
    return [
        {"product": str(ours), "score": told.get(ours, (None, ""))[0], "why": told.get(ours, ("", ""))[1], "veto": ""}
        for ours in waiting
    ]


def _source(row: StockRow, incoming: Incoming) -> dict[str, str]:
    """What Dutchie says beside name and SKU (`rules.SOURCE`), for those who decide and what they may make of it."""
    said = {name: getattr(row, name) for name in ("brand", "category", "strain", "strain_type", "size", "image_url")}
    weight = rules.plain(row.unit_weight) if row.unit_weight else ""
    return said | {"weight": weight, "upc": incoming.upc, "is_cannabis": "yes" if row.is_cannabis else "no"}


def _product(work: InventoryWork, row: StockRow, incoming: Incoming) -> Product:
    return Product(
        organization_id=work.location.organization_id,
        sku=row.sku,
        upc=incoming.upc,
        name=row.name or row.sku or f"Dutchie product {row.product_id}",
        strain=row.strain,
        strain_type=row.strain_type,
        size=row.size,
        unit_weight=row.unit_weight or None,
        is_cannabis=row.is_cannabis,
        image_url=row.image_url,
        is_new=True,
    )


def _count(work: InventoryWork) -> None:
    """Products by how we know them: those linked before this run count as `link`."""
    counts, fresh = work.counts, {link.dutchie_product for link in work.new_links}
    for key, link in work.links.items():
        if link.state == ProductLink.State.REVIEW:
            counts["review"] += 1
        elif key not in fresh:
            counts["matched"][Method.LINK] += 1
        elif link.method == Method.NEW:
            counts["new"] += 1
        else:
            counts["matched"][link.method] += 1
    _count_unread(work)


def _count_unread(work: InventoryWork) -> None:
    """The products that only have packages which are as they were, but for their amounts."""
    unread = {work.shelf.packages[key] for key in (*work.same, *work.moved)}.difference(
        link.pk for link in work.links.values()
    )
    waiting = len(unread & work.shelf.waiting)
    work.counts["review"] += waiting
    work.counts["matched"][Method.LINK] += len(unread) - waiting
