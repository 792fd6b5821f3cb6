"""What names say of products that no key and no learned name knows: link, ask a person, or nothing."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

from apps.catalog import rules
from apps.catalog.matching import Answer, Found, Item, Names
from apps.catalog.rules import Decision, Incoming, Known, Method, Shelf

AUTO = "auto"
Rejected = dict[int, frozenset[UUID]]


def by_name(
    rows: dict[int, Incoming], shelf: Shelf, linked: frozenset[UUID], rejected: Rejected
) -> dict[int, Decision]:
    """Decisions for those rows whose names tell something. Two rows that mean the same product of ours both wait."""
    if not rows or not shelf.by_id:
        return {}
    names = Names([_known(product) for product in shelf.by_id.values()])
    answers = zip(rows, names.best([_asked(row) for row in rows.values()]), strict=True)
    found = {key: _decide(rows[key], answer, shelf, linked, rejected.get(key, frozenset())) for key, answer in answers}
    wanted = Counter(decision.product for decision in found.values() if decision and decision.product)
    return {key: _alone(decision, wanted) for key, decision in found.items() if decision}


def _decide(
    row: Incoming, answer: Answer, shelf: Shelf, linked: frozenset[UUID], rejected: frozenset[UUID]
) -> Decision | None:
    candidates = [found for found in answer.candidates if _possible(row, shelf.by_id[UUID(found.item.id)], rejected)]
    if not candidates:
        return None
    best, sure = candidates[0], answer.band == AUTO and candidates[0] is answer.candidates[0]
    taken = UUID(best.item.id) in linked
    if sure and not taken:
        return Decision(Method.NAME, best.why, UUID(best.item.id), best.score, scored=_scored(candidates))
    if sure:
        why = f"{best.item.name} is linked to another product of this store already. {best.why}"
        return _review(why, best, candidates)
    free = [found for found in candidates if UUID(found.item.id) not in linked]
    return _review(free[0].why, free[0], free) if free else None


def _possible(row: Incoming, known: Known, rejected: frozenset[UUID]) -> bool:
    return known.id not in rejected and not rules.weights_differ(row.weight, known.weight)


def _review(why: str, best: Found, candidates: list[Found]) -> Decision:
    ids = tuple(UUID(found.item.id) for found in candidates)
    return Decision(Method.REVIEW, why, None, best.score, ids, _scored(candidates))


def _alone(decision: Decision, wanted: Counter) -> Decision:
    if decision.product is None or wanted[decision.product] == 1:
        return decision
    why = f"{wanted[decision.product]} of their new products read like this one of ours. {decision.reason}"
    return Decision(Method.REVIEW, why, None, decision.score, (decision.product,), decision.scored)


def _scored(candidates: list[Found]) -> tuple[tuple[UUID, Decimal, str], ...]:
    return tuple((UUID(found.item.id), found.score, found.why) for found in candidates)


def _known(product: Known) -> Item:
    return Item(id=str(product.id), name=product.name, brand=product.brand, upc=product.upc, sku=product.sku)


def _asked(row: Incoming) -> Item:
    return Item(id=str(row.id), name=row.name, brand=row.brand, upc=row.upc, sku=row.sku)
