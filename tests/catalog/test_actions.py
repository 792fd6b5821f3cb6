"""What people decide about matches: stock follows, names are learned, and all of it can be taken back."""

from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from apps.catalog import actions, rules
from apps.catalog.models import Alias, MatchDecision, Product, ProductLink, RejectedPair, ShelfLine, StockItem
from apps.core import audit, invariants
from apps.core.errors import Refused
from apps.core.models import AuditEntry, StreamEvent
from apps.core.scope import everyone, scope
from tests import make


@pytest.fixture
def doubt(cast):
    """A match that waits, with 8 units at the wholesaler's site."""
    link = make.link(
        organization=cast.wholesaler,
        source_name="Cinder Hollow - Blue Slate (3.5g)",
        source={"brand": "Cinder Hollow", "weight": "3.5", "category": "Flower", "is_cannabis": "yes"},
        reason="The brand differs.",
    )
    make.stock(location=cast.place, link=link, quantity="8", price="14.20")
    return link


@pytest.fixture
def ours(cast):
    """Our product, with 12 units on the same shelf."""
    product = make.product(organization=cast.wholesaler, sku="CH-0355", name="Blue Slate (I) 3.5 g")
    make.stock(location=cast.place, product=product, quantity="12", price="14.50")
    return product


@pytest.fixture(autouse=True)
def seller_scope(cast):
    with scope(cast.wholesaler, user=cast.seller.pk):
        yield


def everything() -> dict:
    """All that a decision may touch, for "as it was before"."""
    links = ProductLink.objects.order_by("pk").values(
        "state", "product", "method", "score", "reason", "candidates", "queued_at", "decided_by", "decided_at"
    )
    return {
        "links": list(links),
        "stock": list(StockItem.objects.order_by("pk").values_list("pk", "product")),
        "lines": list(ShelfLine.objects.exclude(packages=0).order_by("pk").values_list("pk", "quantity", "price")),
        "aliases": list(Alias.objects.values_list("key", "product")),
        "rejected": list(RejectedPair.objects.values_list("dutchie_product", "product")),
        "products": set(Product.objects.values_list("pk", flat=True)),
    }


def broken_rules() -> list:
    return [rule["name"] for rule in invariants.check() if rule["violations"]]


def test_a_linked_match_joins_stock_teaches_its_name_and_is_told_and_recorded(doubt, ours, cast):
    promised = actions.effects(doubt, ours.pk)
    decision = actions.link(link=doubt, product=ours, by=cast.seller)

    doubt.refresh_from_db()
    line = ShelfLine.objects.get(product=ours)
    assert (doubt.state, doubt.product, doubt.method) == ("linked", ours, "person")
    assert (doubt.decided_by, doubt.decided_at) == (cast.seller.email, decision.at)
    assert (line.quantity, line.packages) == (Decimal(20), 2)
    assert [(one.before, one.after) for one in promised.lines] == [(Decimal(12), line.quantity)]
    assert Alias.objects.get().key == rules.name_key("Cinder Hollow", "CINDER HOLLOW -  Blue Slate (3.5g)")
    told = StreamEvent.objects.filter(topic=f"inventory.{cast.place.pk}").latest("seq")
    assert told.data["products"] == [str(ours.pk)]
    assert StreamEvent.objects.get(topic=f"runs.{cast.wholesaler.pk}").type == "match.decided"
    entry = AuditEntry.objects.get(action="match.linked")
    assert (entry.actor, entry.data["units"]) == (cast.seller.email, "8.0000")
    assert broken_rules() == []
    assert audit.verify()[2] == []


def test_a_new_product_is_made_of_what_dutchie_says(doubt, cast):
    made = actions.make_new(link=doubt, by=cast.seller).product

    assert (made.name, made.brand.name, made.unit_weight) == (doubt.source_name, "Cinder Hollow", Decimal("3.5"))
    assert (made.category.form, made.is_new) == ("jar", False)
    assert ShelfLine.objects.get(product=made).quantity == 8
    assert broken_rules() == []


def test_a_ruled_out_pair_is_gone_from_the_candidates_and_refused_from_then_on(doubt, ours, cast):
    doubt.candidates = [{"product": str(ours.pk), "score": 84, "why": "", "veto": ""}]
    doubt.save()
    actions.reject(link=doubt, product=ours, by=cast.seller)

    doubt.refresh_from_db()
    assert (doubt.state, doubt.candidates) == ("review", [])
    for verb in (actions.link, actions.reject):
        with pytest.raises(Refused, match=f"{cast.seller.email} ruled out a candidate at"):
            verb(link=doubt, product=ours, by=cast.seller)


def test_a_skipped_match_waits_at_the_end_of_the_queue(doubt, cast):
    later = make.link(organization=cast.wholesaler)
    actions.skip(link=doubt, by=cast.seller)

    assert list(ProductLink.objects.queued()) == [later, doubt]


@pytest.mark.parametrize("verb", ["link", "make_new", "reject", "skip"])
def test_undo_brings_everything_back(doubt, ours, cast, verb):
    doubt.candidates = [{"product": str(ours.pk), "score": 84, "why": "near", "veto": ""}]
    doubt.save()
    before = everything()
    named = {"product": ours} if verb in ("link", "reject") else {}

    decision = getattr(actions, verb)(link=doubt, by=cast.seller, **named)
    changed = everything()
    actions.undo(link=doubt, by=cast.seller, decision=decision.pk)

    assert changed != before
    assert everything() == before
    assert broken_rules() == []
    assert AuditEntry.objects.get(action="match.undone").data["decision"] == decision.pk


def test_undo_gives_a_name_its_earlier_meaning_back(doubt, ours, cast):
    twin = make.link(organization=cast.wholesaler, source_name=doubt.source_name, source=doubt.source)
    other = make.product(organization=cast.wholesaler)
    actions.link(link=doubt, product=ours, by=cast.seller)
    actions.link(link=twin, product=other, by=cast.seller)
    assert Alias.objects.get().product == other

    actions.undo(link=twin, by=cast.seller)

    assert Alias.objects.get().product == ours


def test_decisions_unwind_one_by_one_and_then_nothing_is_left(doubt, ours, cast):
    other = make.product(organization=cast.wholesaler)
    first = actions.reject(link=doubt, product=other, by=cast.seller)
    actions.link(link=doubt, product=ours, by=cast.seller)

    with pytest.raises(Refused, match="since. Nothing was undone"):
        actions.undo(link=doubt, by=cast.seller, decision=first.pk)
    actions.undo(link=doubt, by=cast.seller)
    actions.undo(link=doubt, by=cast.seller, decision=first.pk)
    assert not RejectedPair.objects.exists()
    with pytest.raises(Refused, match="No decision on this match is left"):
        actions.undo(link=doubt, by=cast.seller)


def test_a_new_product_that_other_stock_came_to_rest_on_is_not_unmade(doubt, cast):
    made = actions.make_new(link=doubt, by=cast.seller).product
    make.link(product=made)

    with pytest.raises(Refused, match="is in use since"):
        actions.undo(link=doubt, by=cast.seller)
    doubt.refresh_from_db()
    assert doubt.product == made


def test_the_second_to_decide_is_told_who_was_first_and_when(doubt, ours, cast):
    colleague = make.user(email="colleague@northlight.test", at=cast.wholesaler, role="staff")
    first = actions.link(link=doubt, product=ours, by=colleague)

    for again in (
        lambda: actions.link(link=doubt, product=ours, by=cast.seller),
        lambda: actions.make_new(link=doubt, by=cast.seller),
        lambda: actions.skip(link=doubt, by=cast.seller),
    ):
        with pytest.raises(Refused, match=f"colleague@northlight.test linked it at {first.at:%H:%M}") as refused:
            again()
        assert refused.value.code == "already-decided"
    assert MatchDecision.objects.count() == 1


def test_another_organizations_product_is_refused(doubt, cast):
    theirs = make.product(organization=cast.stranger)

    with pytest.raises(Refused, match="of one organization"):
        actions.link(link=doubt, product=theirs, by=cast.seller)


def test_effects_of_many_candidates_are_a_fixed_number_of_reads(doubt, cast, django_assert_max_num_queries):
    few = [make.product(organization=cast.wholesaler).pk for _ in range(9)]

    with django_assert_max_num_queries(3):
        actions.effects_of(doubt, [None, *few])


def test_the_price_of_what_is_taken_first_is_promised_and_kept(doubt, ours, cast):
    StockItem.objects.filter(link=doubt).update(expires_date="2026-12-01")
    StockItem.objects.filter(product=ours).update(expires_date="2027-03-01")

    (line,) = actions.effects(doubt, ours.pk).lines
    actions.link(link=doubt, product=ours, by=cast.seller)

    assert (line.price_before, line.price_after) == (Decimal("14.50"), Decimal("14.20"))
    assert ShelfLine.objects.get(product=ours).price == line.price_after


@pytest.mark.django_db(transaction=True)
@pytest.mark.engines
def test_of_two_people_who_decide_at_once_one_wins_and_the_other_is_told(doubt, ours, cast):
    people = [make.user(email=f"{name}@northlight.test", at=cast.wholesaler) for name in ("anna", "boris")]
    start, said = Barrier(2), {}

    def decide(person):
        try:
            with scope(cast.wholesaler, user=person.pk):
                start.wait()
                actions.link(link=doubt, product=ours, by=person)
                said[person.email] = "won"
        except Refused as refusal:
            said[person.email] = refusal.detail
        finally:
            connection.close()

    threads = [Thread(target=decide, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    with everyone("test"):
        winner = MatchDecision.objects.get().by
    loser = next(person.email for person in people if person.email != winner)
    assert said[winner] == "won"
    assert said[loser].startswith(f"{winner} linked it at")
