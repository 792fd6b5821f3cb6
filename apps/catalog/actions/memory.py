"""What a decision teaches and what undoing it takes back: learned names, pairs ruled out, the link as it was."""

from uuid import UUID

from django.db.models import QuerySet

from apps.catalog import rules
from apps.catalog.models import Alias, MatchDecision, Product, ProductLink, RejectedPair

PLAIN = ("state", "method", "reason", "candidates", "decided_by")


def as_it_is(link: ProductLink) -> dict:
    """All that `put_back` needs, as plain values."""
    known = Alias.objects.filter(organization_id=link.organization_id, key=key_of(link)).first()
    return {name: getattr(link, name) for name in PLAIN} | {
        "product": link.product_id and str(link.product_id),
        "score": None if link.score is None else str(link.score),
        "queued_at": link.queued_at.isoformat(),
        "decided_at": link.decided_at and link.decided_at.isoformat(),
        "alias": known and str(known.product_id),
        "alias_decision": known and known.decision_id,
    }


def put_back(link: ProductLink, before: dict) -> None:
    """The link, its learned name and its ruled-out pairs as they were before a decision."""
    for name in (*PLAIN, "score", "queued_at", "decided_at"):
        setattr(link, name, before[name])
    link.product_id = before["product"] and UUID(before["product"])
    link.save()


def teach(link: ProductLink, decision: MatchDecision) -> None:
    """From now on this name is that product, at every store of the company."""
    Alias.objects.update_or_create(
        organization_id=link.organization_id,
        key=key_of(link),
        defaults={"product_id": link.product_id, "name": link.source_name, "decision": decision},
    )


def unteach(link: ProductLink, decision: MatchDecision) -> None:
    """Forget what a decision taught; what the name meant before it comes back."""
    taught = Alias.objects.filter(organization_id=link.organization_id, key=key_of(link), decision=decision)
    before = decision.before
    if before["alias"] and Product.objects.filter(pk=before["alias"]).exists():
        taught.update(product_id=before["alias"], decision_id=before["alias_decision"])
    else:
        taught.delete()


def rule_out(link: ProductLink, product: Product, decision: MatchDecision) -> None:
    RejectedPair.objects.create(
        organization_id=link.organization_id,
        lsp=link.lsp,
        dutchie_product=link.dutchie_product,
        product=product,
        decision=decision,
    )


def ruled_out(link: ProductLink) -> QuerySet[RejectedPair]:
    mine = RejectedPair.objects.filter(organization_id=link.organization_id, lsp=link.lsp)
    return mine.filter(dutchie_product=link.dutchie_product).select_related("decision")


def key_of(link: ProductLink) -> str:
    return rules.name_key(link.source.get("brand", ""), link.source_name)
