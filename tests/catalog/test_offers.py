"""Price lists as rows: who may read which, which one decides, packs field by field, one query for many products."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.catalog.actions.prices import offers
from apps.catalog.models import PackRule, PriceList, PriceListBuyer, PriceRow
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


@pytest.fixture
def shelf(cast):
    """A product on the wholesaler's shelf for $18.42."""
    product = make.product(organization=cast.wholesaler, name="Night Bus")
    line = make.shelf_line(location=cast.place, product=product, price="18.42")
    line.product = product
    return line


def asked(cast, scoped, *products, by=None, buyer=None):
    with scoped(by or cast.buyer):
        return offers(seller=cast.wholesaler, buyer=buyer or cast.retailer, products=products, on=TODAY)


def test_a_buyers_list_decides_and_another_buyers_does_not(cast, shelf, scoped):
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(shelf.product, 0, "17.50")])
    make.price_list(seller=cast.wholesaler, buyers=[cast.stranger], rows=[(shelf.product, 0, "9.99")])

    mine = asked(cast, scoped, shelf.product)[shelf.product_id]
    as_seller = asked(cast, scoped, shelf.product, by=cast.seller)[shelf.product_id]

    assert mine.price(Decimal(1)).unit_price == Decimal("17.50")
    assert mine == as_seller
    assert mine.losers == ()


def test_of_two_lists_the_lowest_priority_decides_and_the_other_is_named(cast, shelf, scoped):
    make.price_list(
        seller=cast.wholesaler, name="All", priority=9, buyers=[cast.retailer], rows=[(shelf.product, 0, "17.90")]
    )
    make.price_list(
        seller=cast.wholesaler,
        name="Eastown",
        priority=2,
        buyers=[cast.retailer],
        rows=[(shelf.product, 0, "17.50"), (shelf.product, 100, "16.80")],
    )

    offer = asked(cast, scoped, shelf.product)[shelf.product_id]

    assert (offer.list_name, [loser.name for loser in offer.losers]) == ("Eastown", ["All"])
    assert offer.ladder == ((Decimal(0), Decimal("17.50")), (Decimal(100), Decimal("16.80")))


@pytest.mark.parametrize(
    ("starts", "ends", "is_active", "price"),
    [
        (None, None, True, "17.50"),
        (0, 0, True, "17.50"),
        (1, None, True, "18.42"),
        (None, -1, True, "18.42"),
        (None, None, False, "18.42"),
    ],
)
def test_a_list_prices_only_while_it_is_in_force(cast, shelf, scoped, starts, ends, is_active, price):
    make.price_list(
        seller=cast.wholesaler,
        buyers=[cast.retailer],
        rows=[(shelf.product, 0, "17.50")],
        starts_date=None if starts is None else TODAY + timedelta(days=starts),
        ends_date=None if ends is None else TODAY + timedelta(days=ends),
        is_active=is_active,
    )

    for by in (cast.buyer, cast.seller):
        offer = asked(cast, scoped, shelf.product, by=by)[shelf.product_id]
        assert offer.price(Decimal(1)).unit_price == Decimal(price)


def test_a_lists_pack_overrides_the_products_field_by_field(cast, shelf, scoped):
    listed = make.price_list(seller=cast.wholesaler, buyers=[cast.retailer])
    make.pack(product=shelf.product, minimum="24", multiple="12")
    make.pack(product=shelf.product, minimum="48", price_list=listed)

    offer = asked(cast, scoped, shelf.product)[shelf.product_id]
    for_others = asked(cast, scoped, shelf.product, by=cast.seller, buyer=cast.stranger)[shelf.product_id]

    assert (offer.minimum, offer.multiple) == (48, 12)
    assert (for_others.minimum, for_others.multiple) == (24, 12)


def test_without_a_place_the_shelf_that_has_most_names_the_price(cast, shelf, scoped):
    other = make.location(organization=cast.wholesaler)
    make.shelf_line(location=other, product=shelf.product, quantity="500", price="11.00")

    assert asked(cast, scoped, shelf.product)[shelf.product_id].shelf_price == Decimal("11.00")
    rows = {"seller": cast.wholesaler, "buyer": cast.retailer, "place": cast.place}
    for between in (rows, {name: row.pk for name, row in rows.items()}):
        with scoped(cast.buyer):
            at = offers(**between, products=[shelf.product], on=TODAY)
        assert at[shelf.product_id].shelf_price == Decimal("18.42")


def test_another_sellers_product_is_not_this_sellers_to_price(cast, scoped):
    foreign = make.product()

    assert asked(cast, scoped, foreign) == {}


def test_many_products_take_as_many_queries_as_one(cast, scoped):
    products = [make.product(organization=cast.wholesaler) for _ in range(12)]
    for product in products:
        make.shelf_line(location=cast.place, product=product)
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(each, 0, "5") for each in products])

    def count(some) -> int:
        with (
            scoped(cast.buyer),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            assert len(offers(seller=cast.wholesaler, buyer=cast.retailer, products=some, on=TODAY)) == len(some)
        return len(queries)

    assert count(products[:1]) == count(products) == 1


def test_a_buyer_reads_nothing_of_lists_made_for_others(cast, shelf, scoped):
    mine = make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(shelf.product, 0, "17.50")])
    other = make.price_list(seller=cast.wholesaler, buyers=[cast.stranger], rows=[(shelf.product, 0, "9.99")])
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], is_active=False)
    make.pack(product=shelf.product, multiple="24")
    make.pack(product=shelf.product, multiple="6", price_list=other)

    def seen(user) -> list[set]:
        with scoped(user):
            return [
                set(PriceList.objects.values_list("pk", flat=True)),
                set(PriceListBuyer.objects.values_list("buyer", flat=True)),
                set(PriceRow.objects.values_list("price", flat=True)),
                set(PackRule.objects.values_list("multiple", flat=True)),
            ]

    assert seen(cast.buyer) == [{mine.pk}, {cast.retailer.pk}, {Decimal("17.50")}, {Decimal(24)}]
    # named on a list, yet not connected: the shelf is closed, and so is what it would cost
    assert seen(cast.outsider) == [set(), {cast.stranger.pk}, set(), set()]
    assert len(seen(cast.seller)[0]) == 3


def test_a_buyer_cannot_write_the_sellers_prices(cast, shelf, scoped):
    listed = make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(shelf.product, 0, "17.50")])

    with scoped(cast.buyer):
        assert PriceRow.objects.update(price=1) == 0
        assert PriceList.objects.filter(pk=listed.pk).delete()[0] == 0
        assert PriceListBuyer.objects.filter(price_list=listed).delete()[0] == 0


def test_a_list_prices_its_own_organizations_products_alone(cast):
    foreign = make.product()
    listed = make.price_list(seller=cast.wholesaler, buyers=[cast.retailer])

    with everyone("test"), pytest.raises(IntegrityError, match="is_its_organizations"), transaction.atomic():
        PriceRow.objects.create(price_list=listed, product=foreign, price=1)
