"""What people do with a match that waits: link, new product, reject, skip; and undo. Each is one transaction.

A decided link is permanent: no sync changes it. Undo takes back the last decision on a link that still stands, so that
decisions unwind one by one in the order they were made.
"""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from apps.catalog.models import MatchDecision, Product, ProductLink, RejectedPair
from apps.catalog.rules import Method
from apps.core import audit
from apps.core.errors import Refused

from . import memory
from .moving import move_stock, tell
from .products import make_product
from .shelves import links_change

Verb, State = MatchDecision.Verb, ProductLink.State


@transaction.atomic
def link(*, link: ProductLink, product: Product, by, why: str = "") -> MatchDecision:
    """It is this product of ours: its stock joins the product's, and its name is learned. Refused when somebody decided
    first (`already-decided`), when the pair was ruled out, or the product is another organization's (`not-yours`)."""
    row = _waiting(link)
    _own(row, product)
    if pair := memory.ruled_out(row).filter(product=product).first():
        raise _pair_is_out(pair, product)
    chosen = next((one for one in row.candidates if one["product"] == str(product.pk)), {})
    decision = _decided(row, Verb.LINK, by, product=product, why=why)
    row.score = Decimal(str(chosen["score"])) if chosen.get("score") is not None else None
    return _settle(row, decision, product.pk, f"{by} chose {product.name}. It had waited because: {row.reason}")


@transaction.atomic
def make_new(*, link: ProductLink, by, why: str = "") -> MatchDecision:
    """It is none of ours: a product is made of what Dutchie says of it. Refused when somebody decided first."""
    row = _waiting(link)
    decision = _decided(row, Verb.NEW, by, why=why)
    decision.product = make_product(row)
    decision.save(update_fields=["product"])
    row.score = None
    return _settle(
        row, decision, decision.product_id, f"{by} made it a new product. It had waited because: {row.reason}"
    )


@transaction.atomic
def reject(*, link: ProductLink, product: Product, by, why: str = "") -> MatchDecision:
    """It is not this product of ours, for good: the pair is never proposed again. The link waits on."""
    row = _waiting(link)
    _own(row, product)
    if pair := memory.ruled_out(row).filter(product=product).first():
        raise _pair_is_out(pair, product)
    decision = _decided(row, Verb.REJECT, by, product=product, why=why)
    memory.rule_out(row, product, decision)
    row.candidates = [one for one in row.candidates if one["product"] != str(product.pk)]
    row.save(update_fields=["candidates", "updated_at"])
    return _recorded(row, decision)


@transaction.atomic
def skip(*, link: ProductLink, by) -> MatchDecision:
    """Not now: it goes to the queue's end."""
    row = _waiting(link)
    decision = _decided(row, Verb.SKIP, by)
    row.queued_at = decision.at
    row.save(update_fields=["queued_at", "updated_at"])
    return _recorded(row, decision)


@transaction.atomic
def undo(*, link: ProductLink, by, decision: int | None = None) -> MatchDecision:
    """Take back the link's last decision that stands: all is as it was before it. With `decision` (its id) only that
    one; refused when another came after it (`decided-since`) or nothing is left to undo (`nothing-to-undo`)."""
    links_change(link.organization_id)
    row = ProductLink.objects.select_for_update().get(pk=link.pk)
    last = row.decisions.standing().first()
    if last is None:
        raise Refused("No decision on this match is left to undo.", code="nothing-to-undo")
    if decision and last.pk != decision:
        raise Refused(f"{_said(last)} since. Nothing was undone.", code="decided-since")
    last.undone_at, last.undone_by = timezone.now(), str(by)[:200]
    last.save(update_fields=["undone_at", "undone_by"])
    _take_back(row, last)
    audit.record(by, "match.undone", row, organization=row.organization_id, decision=last.pk, verb=last.verb)
    tell(row, last, undone=True)
    return last


def _take_back(row: ProductLink, last: MatchDecision) -> None:
    memory.unteach(row, last)
    RejectedPair.objects.filter(decision=last).delete()
    memory.put_back(row, last.before)
    if last.verb in (Verb.LINK, Verb.NEW):
        move_stock(row, was=last.product_id, now=last.undone_at)
    if last.verb == Verb.NEW:
        _unmake(last.product_id)


def _unmake(product_id: UUID | None) -> None:
    """The product that a decision made goes with it, unless something has come to rest on it since."""
    product = Product.objects.filter(pk=product_id).first()
    if product is None:
        return
    if product.links.exists() or product.stock.exists():
        raise Refused(f"{product.name} is in use since: other stock is linked to it.", code="product-in-use")
    try:
        product.delete()
    except (ProtectedError, RestrictedError):
        raise Refused(f"{product.name} is in use since; it stays.", code="product-in-use") from None


def _waiting(link: ProductLink) -> ProductLink:
    """The link, locked. Refused, with who and when, when it doesn't wait any more."""
    links_change(link.organization_id)
    row = ProductLink.objects.select_for_update().get(pk=link.pk)
    if row.state != State.REVIEW:
        last = row.decisions.standing().first()
        first = _said(last) if last else f"The sync linked it ({row.reason})"
        raise Refused(f"{first}. Your decision was not saved.", code="already-decided")
    return row


def _own(row: ProductLink, product: Product) -> None:
    if product.organization_id != row.organization_id:
        raise Refused("A match joins products of one organization.", code="not-yours", status=422)


def _pair_is_out(pair: RejectedPair, product: Product) -> Refused:
    said = _said(pair.decision) if pair.decision else "Somebody ruled it out"
    return Refused(f"{said}: this is not {product.name}. Undo that first.", code="pair-rejected")


def _said(decision: MatchDecision) -> str:
    return f"{decision.by} {decision.get_verb_display()} at {decision.at:%H:%M on %-d %b %Y} UTC"


def _decided(row: ProductLink, verb: str, by, *, product: Product | None = None, why: str = "") -> MatchDecision:
    return MatchDecision.objects.create(
        organization_id=row.organization_id,
        link=row,
        verb=verb,
        product=product,
        by=str(by)[:200],
        at=timezone.now(),
        why=why[:400],
        before=memory.as_it_is(row),
    )


def _settle(row: ProductLink, decision: MatchDecision, product_id: UUID, reason: str) -> MatchDecision:
    """The link is made, for good: its stock moves, its name is learned."""
    row.product_id, row.state, row.method = product_id, State.LINKED, Method.PERSON
    row.reason, row.decided_by, row.decided_at = reason[:1200], decision.by, decision.at
    row.save()
    memory.teach(row, decision)
    decision.joined = move_stock(row, was=None, now=decision.at)
    decision.save(update_fields=["joined"])
    return _recorded(row, decision)


def _recorded(row: ProductLink, decision: MatchDecision) -> MatchDecision:
    facts = {"decision": decision.pk, "product": decision.product_id, "source": row.source_name, "why": decision.why}
    done = {Verb.LINK: "linked", Verb.NEW: "made_new", Verb.REJECT: "rejected", Verb.SKIP: "skipped"}[decision.verb]
    audit.record(decision.by, f"match.{done}", row, organization=row.organization_id, **facts, **decision.joined)
    tell(row, decision)
    return decision
