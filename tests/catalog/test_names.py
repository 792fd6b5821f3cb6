"""Names in the sync: an alike name links, a doubtful one waits, another weight never joins."""

import pytest

from apps.catalog.models import Product, ProductLink
from apps.core.scope import scope
from tests import make
from tests.catalog.test_sync import pull, seller_scope  # noqa: F401  (fixtures)

JEETER = "Jeeter - Baby Jeeter Infused - Blue Zkittlez (I) (2.5g)"


@pytest.fixture
def shelve(cast):
    """`shelve(name, brand)`: a product of ours with a key of its own."""

    def product(name, brand, **values):
        return make.product(organization=cast.wholesaler, name=name, brand=brand, sku=f"ours-{name[:12]}", **values)

    return product


def sold(world, name, brand, product_id=9001):
    row = {"productId": product_id, "sku": f"theirs-{product_id}", "productName": name, "brandName": brand, "price": 9}
    world.load_products([row], replace=True)


def link_of(product_id=9001) -> ProductLink:
    return ProductLink.objects.get(dutchie_product=product_id)


def test_an_alike_name_links_by_itself_and_says_why(pull, seller_scope, world, shelve):  # noqa: F811
    ours = shelve(JEETER, "Jeeter")
    sold(world, "JEETER Baby Jeeter Infused Blue Zkittlez 2.5g (I)", "Jeeter")

    run = pull()

    link = link_of()
    assert (link.product, link.method) == (ours, "name")
    assert link.reason
    assert link.score > 80
    assert run.counts["matched"]["name"] == 1
    assert Product.objects.count() == 1


@pytest.mark.parametrize(
    "theirs",
    [
        "Jeeter - Baby Jeeter Infused - Blue Zkittlez (I) (1g)",
        "Jeeter - Baby Jeeter Infused - Blue Zkittlez 5pk (I) (5g)",
        "Jeeter - Cartridge - Pineapple Express (S) (1g)",
    ],
)
def test_another_weight_pack_or_strain_is_a_product_of_its_own(pull, seller_scope, world, shelve, theirs):  # noqa: F811
    shelve(JEETER, "Jeeter")
    sold(world, theirs, "Jeeter")

    pull()

    assert link_of().method == "new"


def test_two_of_their_new_products_that_read_like_one_of_ours_wait_both(pull, seller_scope, world, shelve):  # noqa: F811
    shelve(JEETER, "Jeeter")
    rows = [
        {"productId": 9001, "sku": "a", "productName": JEETER, "brandName": "Jeeter", "price": 9},
        {"productId": 9002, "sku": "b", "productName": JEETER.upper(), "brandName": "Jeeter", "price": 9},
    ]
    world.load_products(rows, replace=True)

    run = pull()

    assert run.counts["review"] == 2
    assert {row["product"] for row in link_of(9001).candidates} == {str(Product.objects.get().pk)}


def test_a_name_that_is_linked_already_waits(pull, seller_scope, world, shelve):  # noqa: F811
    ours = shelve(JEETER, "Jeeter")
    make.link(product=ours, lsp=822, dutchie_product=77)
    sold(world, JEETER, "Jeeter")

    pull()

    assert (link_of().state, "already" in link_of().reason) == ("review", True)


def test_another_companys_products_are_no_candidates(pull, cast, world):  # noqa: F811
    make.product(organization=cast.stranger, name=JEETER, brand="Jeeter")
    sold(world, JEETER, "Jeeter")

    with scope(cast.wholesaler):
        pull()
        assert link_of().method == "new"
