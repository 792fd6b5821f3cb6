"""A match that waits, as a person sees it: what Dutchie says, candidates with evidence and effects, what may be undone.

The reads behind the review page and its JSON; always the same number of them, however many candidates.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Min, Prefetch, Q, QuerySet

from apps.catalog import actions
from apps.catalog.actions.effects import Effects
from apps.catalog.actions.memory import ruled_out
from apps.catalog.evidence import Evidence, Said, evidence, vetoes
from apps.catalog.models import MatchDecision, Product, ProductLink, StockItem

MOST_FOUND = 6
LEAST_TYPED = 2


@dataclass(frozen=True)
class Candidate:
    """One of ours. `score` 0 to 100 or None; `veto` is what forbids it, else ""; `why` the matcher's words."""

    product: Product
    score: Decimal | None
    why: str
    veto: str
    evidence: list[Evidence]
    effects: Effects


@dataclass(frozen=True)
class Review:
    """`packages` are the link's that are present; `out` pairs people ruled out; `last` the decision that stands."""

    link: ProductLink
    theirs: Said
    packages: list[StockItem]
    candidates: list[Candidate]
    new: Effects
    out: list
    last: MatchDecision | None
    found: list[Candidate] = field(default_factory=list)


@dataclass(frozen=True)
class Queue:
    """How many wait, since when the oldest does, and how many of them come before this one."""

    count: int
    oldest: datetime | None
    before: int


def review(link: ProductLink, *, q: str = "") -> Review:
    """With `q`, beside the candidates the products whose SKU or name it names."""
    packages = list(StockItem.objects.present().filter(link=link).select_related("location").order_by("location", "pk"))
    theirs = _theirs(link, packages)
    out = list(ruled_out(link).select_related("product"))
    kept = {UUID(one["product"]): one for one in link.candidates}
    found = _search(link, q, but=[*kept, *(pair.product_id for pair in out)])
    products = {product.pk: product for product in _ours(link).filter(pk__in=kept)}
    effects = actions.effects_of(link, [None, *kept, *(product.pk for product in found)])
    return Review(
        link=link,
        theirs=theirs,
        packages=packages,
        candidates=[_candidate(products[pk], theirs, effects[pk], kept[pk]) for pk in kept if pk in products],
        new=effects[None],
        out=out,
        last=link.decisions.standing().first(),
        found=[_candidate(product, theirs, effects[product.pk], {}) for product in found],
    )


def queue(links: QuerySet[ProductLink], at: ProductLink | None) -> Queue:
    before = _before(at) if at else Q(pk=None)
    counted = links.waiting().aggregate(count=Count("pk"), oldest=Min("created_at"), before=Count("pk", filter=before))
    return Queue(**counted)


def next_of(links: QuerySet[ProductLink], at: ProductLink | None) -> ProductLink | None:
    """The one that waits after this one, else the queue's first."""
    after = links.queued().exclude(pk=at.pk).exclude(_before(at)).first() if at else None
    return after or links.queued().exclude(pk=at.pk if at else None).first()


def previous_of(links: QuerySet[ProductLink], at: ProductLink) -> ProductLink | None:
    return links.waiting().filter(_before(at)).order_by("-queued_at", "-pk").first()


def told(links: QuerySet[ProductLink]) -> QuerySet[ProductLink]:
    """With the decision that stands, for lists."""
    return links.prefetch_related(Prefetch("decisions", MatchDecision.objects.standing()))


def _before(at: ProductLink) -> Q:
    return Q(queued_at__lt=at.queued_at) | Q(queued_at=at.queued_at, pk__lt=at.pk)


def _ours(link: ProductLink) -> QuerySet[Product]:
    return Product.objects.filter(organization=link.organization_id).select_related("brand", "category")


def _search(link: ProductLink, q: str, *, but: list[UUID]) -> list[Product]:
    if len(q.strip()) < LEAST_TYPED:
        return []
    return list(_ours(link).asked(q=q.strip()).exclude(pk__in=but).order_by("name", "pk")[:MOST_FOUND])


def _theirs(link: ProductLink, packages: list[StockItem]) -> Said:
    said = link.source.get
    return Said(
        name=link.source_name,
        brand=said("brand", ""),
        category=said("category", ""),
        strain=said("strain", ""),
        sku=link.source_sku,
        upc=said("upc", ""),
        weight=Decimal(said("weight")) if said("weight") else None,
        price=packages[0].price if packages else None,
    )


def _candidate(product: Product, theirs: Said, effects: Effects, kept: dict) -> Candidate:
    prices = [line.price_before for line in effects.lines if line.price_before is not None]
    ours = Said(
        name=product.name,
        brand=product.brand.name if product.brand else "",
        category=product.category.name if product.category else "",
        strain=product.strain,
        sku=product.sku,
        upc=product.upc,
        weight=product.unit_weight,
        price=prices[0] if prices else None,
    )
    found = evidence(theirs, ours)
    veto = kept.get("veto") or "; ".join(vetoes(found))
    score = kept.get("score")
    return Candidate(
        product=product,
        score=None if score is None else Decimal(str(score)),
        why=kept.get("why", ""),
        veto=veto,
        evidence=found,
        effects=effects,
    )
