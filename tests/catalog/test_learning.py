"""What people have taught the matcher: learned names, ruled-out pairs; and decisions made while a sync is under way."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction

from apps.catalog import actions
from apps.catalog.evidence import Said, evidence, vetoes
from apps.catalog.models import ProductLink, ShelfLine, StockItem
from apps.catalog.rules import Incoming, Known, Method, Shelf, match, name_key
from apps.catalog.sync import PHASES
from apps.catalog.sync.work import InventoryWork
from apps.core import invariants, pipeline
from apps.core.locks import only_one
from apps.core.scope import scope
from tests import make
from tests.catalog.test_sync import package, pull, seller_scope  # noqa: F401

UPC, OTHER_UPC = "00012345678905", "00882201300017"


def known(**values) -> Known:
    given = {"id": uuid4(), "name": "Blue Slate", "sku": "CH-1", "upc": "", "brand": "Cinder", "weight": Decimal("3.5")}
    return Known(**given | values)


def row(**values) -> Incoming:
    given = {"id": 1, "name": "Blue Slate (I) 3.5g", "sku": "", "upc": "", "brand": "Cinder", "weight": None}
    return Incoming(**given | values)


def shelf(*products: Known, learned: Known | None = None) -> Shelf:
    made = Shelf()
    for product in (*products, *([learned] if learned else [])):
        made.add(product)
    if learned:
        made.aliases = {name_key("CINDER", "blue slate  (I) 3.5G"): learned.id}
    return made


def test_a_learned_name_links_what_no_key_knows():
    product = known(sku="other")

    decision = match(row(), shelf(learned=product))
    assert (decision.method, decision.product) == (Method.ALIAS, product.id)


def test_a_learned_name_settles_a_brand_in_doubt_and_a_shared_sku():
    product = known(brand="Another spelling Co.")

    assert match(row(sku="CH-1"), shelf(product)).method == Method.REVIEW
    assert match(row(sku="CH-1"), shelf(learned=product)).method == Method.ALIAS
    assert match(row(sku="CH-1"), shelf(learned=product), frozenset(["CH-1"])).method == Method.ALIAS


@pytest.mark.parametrize(
    "told",
    [
        row(weight=Decimal(7)),
        row(upc=OTHER_UPC),
        row(name="Blue Slate (I) 35g"),
        row(brand="Somebody else"),
    ],
)
def test_a_learned_name_never_goes_against_weight_upc_name_or_brand(told):
    assert match(told, shelf(learned=known(sku="", upc=UPC))).method != Method.ALIAS


def test_a_learned_name_and_a_key_that_names_another_product_wait():
    other = known(sku="CH-2", brand="Someone")

    assert match(row(sku="CH-2"), shelf(other, learned=known())).method == Method.REVIEW


def test_a_ruled_out_pair_is_not_proposed_by_any_key():
    product = known(upc=UPC)
    out = frozenset([product.id])

    for told in (row(sku="CH-1"), row(upc=UPC), row()):
        decision = match(told, shelf(learned=product), rejected=out)
        assert (decision.method, decision.product, decision.candidates) == (Method.NEW, None, ())


def test_a_name_is_kept_by_case_accents_and_spacing_aside_and_every_figure_counts():
    assert name_key("Grön", "Pearls  Crème 100MG") == name_key("gron", "pearls creme 100mg")
    assert name_key("", "Cart .5g") != name_key("", "Cart 5g")


def test_a_different_weight_is_a_veto_and_fields_nobody_knows_are_left_out():
    found = evidence(Said(name="A", weight=Decimal("3.5")), Said(name="A", weight=Decimal(7)))

    assert vetoes(found) == ["conflict: 3.5 g sent"]
    assert [(one.field, one.verdict) for one in found] == [("Weight", "veto"), ("Name", "same")]


def test_a_ruled_out_product_is_not_linked_when_theirs_comes_again(pull, seller_scope, world, cast):  # noqa: F811
    told = package(world)
    listed = world.world.get("products", told["productId"])
    ours = make.product(organization=cast.wholesaler, sku=listed["sku"], brand="A brand they never heard of")
    pull()
    link = ProductLink.objects.waiting().get()
    actions.reject(link=link, product=ours, by=cast.seller)
    StockItem.objects.filter(link=link).delete()
    link.decisions.all().delete()
    link.delete()

    pull()

    again = ProductLink.objects.get(dutchie_product=told["productId"])
    assert again.product != ours
    assert again.method == "new"


def test_a_decision_made_while_a_sync_is_under_way_is_not_written_over(pull, seller_scope, world, cast):  # noqa: F811
    told = package(world)
    listed = world.world.get("products", told["productId"])
    ours = make.product(organization=cast.wholesaler, sku=listed["sku"], brand="A brand they never heard of")
    pull()
    link = ProductLink.objects.waiting().get()
    world.world.change("inventory", told["id"], quantityAvailable=told["quantityAvailable"] - 1)

    with scope(cast.wholesaler), only_one(f"inventory:{cast.place.pk}") as lease:
        run = pipeline.begin(
            organization_id=cast.wholesaler.pk,
            location_id=cast.place.pk,
            location_name=cast.place.name,
            kind="inventory",
            trigger="test",
        )
        work = InventoryWork(run=run, location=cast.place, leases=[lease])
        with work.stack:
            pipeline.run(PHASES[:4], work)
            actions.link(link=link, product=ours, by=cast.seller)
            with transaction.atomic():
                PHASES[4].step(work)

    item = StockItem.objects.get(inventory_id=told["id"])
    assert item.product == ours
    assert ShelfLine.objects.get(product=ours).quantity == sum(
        one.quantity for one in StockItem.objects.for_sale().filter(product=ours)
    )
    broken = {rule["name"] for rule in invariants.check() if rule["violations"]}
    assert not broken & {"stock carries its link's product", "a shelf line is the sum of its packages that may be sold"}
