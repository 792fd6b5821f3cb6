"""Matching by SKU and UPC on plain values."""

from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.catalog import rules
from apps.catalog.rules import Incoming, Known, Method, Shelf, gtin14, match

UPC = "00012345678905"


def ours(**values) -> Known:
    return Known(
        **{"id": uuid4(), "name": "Blue Slate", "sku": "CH-0351", "upc": UPC, "brand": "Cinder Hollow"} | values
    )


def theirs(**values) -> Incoming:
    return Incoming(**{"id": 1, "name": "Blue Slate 3.5", "sku": "", "upc": "", "brand": "", "weight": None} | values)


def shelf(*products: Known) -> Shelf:
    made = Shelf()
    for product in products:
        made.add(product)
    return made


def known(**values) -> Known:
    return ours(**{"weight": Decimal("3.5")} | values)


def test_a_sku_that_is_ours_alone_decides():
    product = known()

    decision = match(theirs(sku="CH-0351", brand="CINDER-HOLLOW", weight=Decimal("3.5000")), shelf(product))

    assert (decision.method, decision.product) == (Method.SKU, product.id)


def test_a_upc_decides_where_the_sku_is_unknown():
    product = known()

    decision = match(theirs(sku="unknown", upc=UPC), shelf(product))

    assert (decision.method, decision.product) == (Method.UPC, product.id)


def test_a_product_that_no_key_knows_is_new():
    assert match(theirs(sku="HL-1001"), shelf(known())).method == Method.NEW


def test_a_row_without_keys_is_new():
    assert match(theirs(), shelf(known())).method == Method.NEW


def test_leading_zeros_of_a_sku_count():
    assert match(theirs(sku="795"), shelf(known(sku="0795"))).method == Method.NEW


@pytest.mark.parametrize(
    ("row", "products", "words"),
    [
        (theirs(sku="CH-0351"), [known(), known(upc="")], "2 of our products have SKU CH-0351"),
        (theirs(upc=UPC), [known(), known(sku="CH-2")], f"2 of our products have UPC {UPC}"),
        (
            theirs(sku="CH-0351", upc="00036000291452"),
            [known(), known(sku="X", upc="00036000291452", name="Night Bus")],
            "SKU CH-0351 is Blue Slate, but UPC 00036000291452 is Night Bus",
        ),
        (theirs(sku="CH-0351", upc="00036000291452"), [known()], f"their UPC is 00036000291452 and ours {UPC}"),
        (theirs(sku="CH-0351", weight=Decimal(7)), [known()], "they write 7 g and we 3.5 g"),
        (theirs(sku="CH-0351", brand="Halide Labs"), [known()], "their brand is Halide Labs and ours Cinder Hollow"),
    ],
)
def test_keys_that_contradict_wait_for_staff(row, products, words):
    decision = match(row, shelf(*products))

    assert decision.method == Method.REVIEW
    assert words in decision.reason
    assert decision.product is None
    assert set(decision.candidates) <= {product.id for product in products}


def test_a_sku_that_several_of_their_products_carry_proves_nothing():
    product = known()

    decision = match(theirs(sku="CH-0351"), shelf(product), frozenset({"CH-0351"}))

    assert (decision.method, decision.candidates) == (Method.REVIEW, (product.id,))


def test_a_reused_sku_that_is_not_ours_waits_too():
    assert match(theirs(sku="GUM-10"), shelf(), frozenset({"GUM-10"})).method == Method.REVIEW


def test_a_product_of_ours_is_linked_to_one_of_theirs_only():
    product = known()

    decision = match(theirs(sku="CH-0351"), shelf(product), linked=frozenset({product.id}))

    assert decision.method == Method.REVIEW
    assert "already" in decision.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("012345678905", "00012345678905"),
        ("0 12345-67890 5", "00012345678905"),
        ("4006381333931", "04006381333931"),
        ("96385074", "00000096385074"),
        ("10012345678902", "10012345678902"),
        ("012345678906", ""),
        ("1234", ""),
        ("00000000000000", ""),
        ("１２３４５６７８９０５", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_barcode_is_fourteen_digits_whose_check_digit_holds(text, expected):
    assert gtin14(text) == expected


@given(st.integers(min_value=1, max_value=10**13 - 1), st.integers(min_value=0, max_value=12), st.integers(1, 9))
def test_a_barcode_with_one_wrong_digit_is_none(number, place, step):
    right = next(text for digit in range(10) if (text := gtin14(f"{number:013}{digit}")))
    wrong = right[:place] + str((int(right[place]) + step) % 10) + right[place + 1 :]

    assert gtin14(wrong) in ("", wrong)
    assert gtin14(wrong) == "" or wrong == right


@pytest.mark.parametrize(
    ("category", "form"),
    [
        ("Infused Prerolls", "roll"),
        ("Cartridge: Live Resin", "cart"),
        ("Disposables: Live Resin", "vape"),
        ("Gummies", "gummy"),
        ("Prepack Flower", "jar"),
        ("Cured Resin", "puck"),
        ("", "jar"),
    ],
)
def test_each_category_has_a_drawing(category, form):
    assert rules.form_of(category) == form
