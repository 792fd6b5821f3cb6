"""Prices and packs on plain values: which list decides, which tier, what the trail says, in which cases it is sold."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog.prices import Listed, Offer, Pack, Tier, offer, packed, told


def tiers(*pairs) -> tuple[Tier, ...]:
    return tuple(Tier(Decimal(start), Decimal(price)) for start, price in pairs)


def an_offer(*lists: Listed, shelf="18.42", pack: Pack | None = None) -> Offer:
    price = None if shelf is None else Decimal(shelf)
    made = {"product_id": uuid4(), "product": "Night Bus", "unit": "ea", "shelf_price": price}
    return offer(**made, lists=lists, pack=pack or Pack())


EASTOWN = Listed("Eastown 2026", 2, tiers((0, "17.50"), (100, "16.80")))
HOLIDAY = Listed("Holiday", 1, tiers((24, "15.00")))


@pytest.mark.parametrize(
    ("lists", "quantity", "price", "list_name"),
    [
        ((), 10, "18.42", ""),
        ((EASTOWN,), 10, "17.50", "Eastown 2026"),
        ((EASTOWN,), 99, "17.50", "Eastown 2026"),
        ((EASTOWN,), 100, "16.80", "Eastown 2026"),
        ((EASTOWN, HOLIDAY), 24, "15.00", "Holiday"),
        ((EASTOWN, HOLIDAY), 23, "18.42", "Holiday"),  # one list decides: below its first tier the shelf's price holds
    ],
)
def test_the_lowest_priority_decides_and_its_tier_by_quantity(lists, quantity, price, list_name):
    made = an_offer(*lists)

    assert made.price(Decimal(quantity)).unit_price == Decimal(price)
    assert made.list_name == list_name


def test_the_trail_leads_from_the_shelf_to_what_is_paid_and_names_the_losers():
    other = Listed("Everybody", 9, tiers((0, "17.90")))

    why = an_offer(EASTOWN, other).price(Decimal(120)).why

    assert why == [
        {"step": "shelf", "price": "18.42"},
        {"step": "list", "name": "Eastown 2026", "price": "17.50", "change": "-0.92"},
        {"step": "tier", "from": "100", "name": "Eastown 2026", "price": "16.80", "change": "-0.70"},
        {"step": "pays", "price": "16.80", "tier": 2, "tiers": 2},
        {"step": "lost", "name": "Everybody", "price": "17.90"},
    ]


def test_the_trail_in_words_adds_up_to_what_is_paid():
    said = told(an_offer(EASTOWN).price(Decimal(10)).why)

    assert said["reason"] == "Tier 1 of 2 on your price list"
    assert [(step["term"], step["amount"]) for step in said["steps"]] == [
        ("Shelf price", "$18.42"),
        ("Eastown 2026", "−$0.92"),
        ("You pay, each", "$17.50"),
        ("From 100 you would pay, each", "$16.80"),
    ]


def test_the_ladder_begins_with_the_shelfs_price_where_the_list_begins_later():
    assert an_offer(HOLIDAY).ladder == tiers((0, "18.42"), (24, "15.00"))
    assert an_offer(EASTOWN).ladder == EASTOWN.tiers
    assert an_offer(shelf=None).ladder == ()


def test_what_nobody_priced_is_not_for_nothing():
    made = an_offer(HOLIDAY, shelf=None)

    assert made.price(Decimal(10)).unit_price is None
    assert (made.check(Decimal(10)).code, made.check(Decimal(10)).detail) == ("no-price", "Night Bus has no price yet.")
    assert told(made.price(Decimal(10)).why)["reason"] == "Nobody has set a price for this product yet."
    assert made.check(Decimal(24)) is None


@pytest.mark.parametrize(
    ("minimum", "multiple", "quantity", "text"),
    [
        (None, None, "0.5", None),
        (None, "24", "48", None),
        (None, "24", "30", "Night Bus is sold in cases of 24. Nearest: 24 or 48."),
        (None, "24", "5", "Night Bus is sold in cases of 24. Nearest: 24."),
        ("60", "24", "48", "Night Bus is sold from 72 on. Nearest: 72."),
        ("60", "24", "72", None),
        ("10", None, "9", "Night Bus is sold from 10 on. Nearest: 10."),
        ("3.5", None, "3.5", None),
        (None, None, "0", "Night Bus: order more than 0."),
        (None, "24", "-24", "Night Bus: order more than 0."),
        (None, "24", "NaN", "Night Bus: order more than 0."),
    ],
)
def test_a_quantity_rule_says_what_is_sold_and_the_nearest(minimum, multiple, quantity, text):
    pack = Pack(minimum and Decimal(minimum), multiple and Decimal(multiple))

    refused = an_offer(pack=pack).check(Decimal(quantity))

    assert (refused and refused.detail) == text
    assert refused is None or (refused.code, refused.status) == ("quantity-rule", 422)


def test_each_field_of_a_pack_is_decided_by_the_first_that_says_it():
    assert packed([Pack(minimum=Decimal(48)), Pack(Decimal(24), Decimal(12))]) == Pack(Decimal(48), Decimal(12))
    assert packed([]) == Pack()


amounts = st.decimals("0.0001", 100_000, places=4)


@given(st.one_of(st.none(), amounts), st.one_of(st.none(), amounts), amounts)
def test_the_nearest_quantities_are_always_allowed(minimum, multiple, quantity):
    pack = Pack(minimum, multiple)
    refused = pack.check("It", quantity)

    assert refused is None or refused.nearest
    for near in refused.nearest if refused else ():
        assert pack.check("It", near) is None
