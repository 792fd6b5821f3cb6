"""Reading what the POS sends: good rows exactly, bad rows aside with every reason, and never one for the other."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.gateways.dutchie.payloads import (
    Identity,
    Kept,
    Known,
    Lab,
    Room,
    Tag,
    read_identity,
    read_inventory,
    read_products,
)
from apps.gateways.dutchie.payloads.digest import LOOKS, WORDS
from apps.gateways.dutchie.payloads.split import split, split_broken
from apps.gateways.failures import Unreachable

from .rows import GOOD, MUTATIONS, good, page, putting, wire

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def only(body):
    read = read_inventory(body)
    assert not read.bad, read.bad[0].reasons
    [row] = read.good
    return row


def reasons(body):
    return [(reason.code, reason.field) for row in read_inventory(body).bad for reason in row.reasons]


def test_a_row_is_read_field_by_field():
    row = only(page(wire(GOOD)))

    assert (row.inventory_id, row.product_id, row.batch_id, row.brand_id, row.category_id) == (9001, 401, 501, 9, 7)
    assert (row.sku, row.name, row.brand, row.category) == ("00417", "Blue Slate", "Cinder Hollow", "Flower")
    assert (row.batch, row.package_id, row.status, row.tag) == ("B-17", "P-1", "Active", "1A4050300000417000000123")
    assert (row.quantity, row.unit, row.allocated) == (Decimal(12), "ea", Decimal(2))
    assert (row.price, row.unit_cost, row.med_price, row.rec_price) == (
        Decimal("24.5"),
        Decimal("11.25"),
        Decimal("24.5"),
        None,
    )
    assert (row.unit_weight, row.unit_weight_unit, row.size) == (Decimal("3.5"), "g", "3.5g")
    assert (row.strain, row.strain_type, row.vendor) == ("Blue Slate", "Hybrid", "Slow Orchard")
    assert (row.tested_date, row.packaged_date, row.expires_date) == (
        date(2026, 3, 1),
        date(2026, 3, 5),
        date(2027, 3, 5),
    )
    assert row.modified_at == datetime(2026, 5, 1, 12, 13, 14, 123000, tzinfo=UTC)
    assert row.labs == (Lab("THC", Decimal("23.41"), "Percentage"),)
    assert row.rooms == (Room(1, "Vault", Decimal(12)),)
    assert row.tags == (Tag(4, "New"),)
    assert (row.lab_status, row.lab_url, row.image_url) == ("Passed", "", "https://img.example/9001.jpg")
    assert (row.medical_only, row.is_cannabis, row.potency_mg, row.pricing_tier_name) == (False, True, None, "")


def test_numbers_never_pass_through_float():
    row = only(page(wire(GOOD).replace(b'"unitPrice":24.5', b'"unitPrice":12345678.1001')))

    assert str(row.price) == "12345678.1001"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"19.990000000000002", "19.9900"),
        (b"1e2", "100.0000"),
        (b'"45"', "45.0000"),
        (b"99999999.9999", "99999999.9999"),
    ],
)
def test_a_price_has_four_decimals(sent, kept):
    assert str(only(page(wire(GOOD).replace(b'"unitPrice":24.5', b'"unitPrice":' + sent))).price) == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2027-03-05T23:59:59-07:00", date(2027, 3, 5)),
        ("2027-03-05T00:00:00Z", date(2027, 3, 5)),
        ("2027-03-05", date(2027, 3, 5)),
        ("0001-01-01T00:00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_an_expiry_is_the_day_as_written(sent, kept):
    assert only(page(wire(good(expirationDate=sent)))).expires_date == kept


@pytest.mark.parametrize("name", ["lastModifiedDateUtc", "lastModifiedDateUTC"])
def test_both_spellings_of_the_change_are_read(name):
    sent = {key: value for key, value in GOOD.items() if key != "lastModifiedDateUtc"}

    assert only(page(wire(sent | {name: "2026-05-01T05:00:00-07:00"}))).modified_at == datetime(
        2026, 5, 1, 12, tzinfo=UTC
    )


def test_texts_are_trimmed_and_unknown_fields_ignored():
    row = only(page(wire(good(productName="  Blue Slate\u00a0", brandName=None, colour={"deep": [1, None]}))))

    assert (row.name, row.brand) == ("Blue Slate", "")


def test_a_row_needs_little():
    row = only(b'[{"inventoryId":1,"productId":2,"quantityAvailable":0,"unitPrice":0}]')

    assert (row.quantity, row.price, row.labs, row.expires_date) == (Decimal(0), Decimal(0), (), None)


def test_a_nul_in_a_field_we_dont_read_costs_nothing():
    assert only(page(wire(good(description="a\0b")))).name == "Blue Slate"


def test_a_text_that_spells_out_the_escape_of_nul_is_only_text():
    assert only(page(wire(good(productName="\\u0000")))).name == "\\u0000"


# --- bad rows


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_spoilt_row_goes_aside_alone_with_its_reason(name):
    spoil, code = MUTATIONS[name]
    spoilt = spoil(good(5))

    read = read_inventory(page(wire(good(1)), spoilt, wire(good(2))))

    assert [row.inventory_id for row in read.good] == [9002, 9003]
    [bad] = read.bad
    assert (bad.index, bad.raw) == (1, spoilt)
    assert code is None or code in {reason.code for reason in bad.reasons}
    assert all(reason.code and reason.text.endswith(".") for reason in bad.reasons)


@given(st.lists(st.sampled_from([None, None, *MUTATIONS]), min_size=1, max_size=30))
@example(["no id", "cut off", None])
@settings(max_examples=60, deadline=None)
def test_any_mixture_keeps_every_good_row_and_explains_every_bad_one(plan):
    kept = [number for number, name in enumerate(plan) if name is None]
    rows = [
        wire(good(number)) if name is None else MUTATIONS[name][0](good(number)) for number, name in enumerate(plan)
    ]

    read = read_inventory(page(*rows))

    assert [row.inventory_id for row in read.good] == [9001 + number for number in kept]
    assert bool(read.bad) is (len(kept) < len(plan))
    assert all(bad.reasons for bad in read.bad)


@pytest.mark.parametrize("name", ["cut off", "cut off inside a text", "one brace too many"])
def test_a_row_that_swallowed_its_neighbours_loses_none_of_them(name):
    broken = MUTATIONS[name][0](good(0))

    read = read_inventory(page(broken, wire(good(1)), b"12", wire(good(2)), broken, wire(good(3))))

    assert [row.inventory_id - 9001 for row in read.good] == [1, 2, 3]
    assert [bad.raw for bad in read.bad] == [broken, b"12", broken]


def test_all_reasons_of_a_row_are_told():
    spoilt = wire(
        good(unitPrice=-1, quantityAvailable="lots", productName="a\0", expirationDate="soon", inventoryId=None)
    )

    assert reasons(page(spoilt)) == [
        ("id.missing", "inventoryId"),
        ("number.not_a_number", "quantityAvailable"),
        ("number.out_of_range", "unitPrice"),
        ("text.nul", "productName"),
        ("date.unreadable", "expirationDate"),
    ]


def test_a_reason_names_the_field_inside_a_list():
    spoilt = putting("labResults", [{"labTest": "THC", "value": 1}, {"labTest": "CBD", "value": "high"}])(GOOD)

    assert reasons(page(spoilt)) == [("number.not_a_number", "labResults[1].value")]


def test_a_reason_is_a_sentence_for_a_person():
    [bad] = read_inventory(page(wire(good(unitPrice=-1)))).bad

    assert [reason.text for reason in bad.reasons] == ["Prices can't be below zero."]


def test_the_second_row_with_an_id_goes_aside():
    read = read_inventory(page(wire(good(unitPrice=1)), wire(good(unitPrice=2))))

    assert [row.price for row in read.good] == [Decimal(1)]
    assert [(bad.index, bad.reasons[0].code, bad.reasons[0].field) for bad in read.bad] == [
        (1, "id.duplicate", "inventoryId")
    ]


def test_a_good_row_reads_the_same_beside_a_bad_one():
    rows = [wire(good(number, productName=f" Name {number}\t")) for number in range(3)]

    assert read_inventory(page(*rows, b"null")).good == read_inventory(page(*rows)).good


@pytest.mark.parametrize(
    "body", [b"", b"null", b"{}", b'{"data":[]}', b"<html></html>", b"[", b'[{"inventoryId":1', b"12"]
)
def test_what_is_no_list_is_no_answer(body):
    with pytest.raises(Unreachable):
        read_inventory(body)


@given(st.binary(max_size=60))
@settings(max_examples=300)
def test_no_bytes_at_all_crash_the_reader(noise):
    read = read_inventory(b"[" + noise + b"]")

    assert all(bad.reasons for bad in read.bad)


def test_an_empty_list_and_a_byte_order_mark_are_read():
    assert read_inventory(b"[]").good == []
    assert len(read_inventory(b"\xef\xbb\xbf" + page(wire(GOOD))).good) == 1


# --- the splitter

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(anything), st.booleans(), st.sampled_from([None, 1]))
def test_a_list_is_cut_where_json_would(rows, ascii_only, indent):
    body = json.dumps(rows, ensure_ascii=ascii_only, indent=indent).encode()

    assert [json.loads(row) for row in split(body)] == rows
    assert [json.loads(row) for row in split_broken(body.strip()[1:-1])] == rows


# --- digests


def test_a_digest_stays_while_nothing_changed():
    spelled = (
        wire(GOOD).replace(b'"unitPrice":24.5', b'"unitPrice":24.500').replace(b'"value":23.41', b'"value":23.410')
    )

    assert only(page(spelled)).digest() == only(page(wire(GOOD))).digest()
    assert only(page(wire(good(lastModifiedDateUtc="2026-06-01T00:00:00")))).digest() == only(page(wire(GOOD))).digest()
    assert only(page(wire(GOOD))).digest().hex() == DIGEST


def test_a_digests_first_part_is_of_the_words_and_its_last_of_the_amounts():
    amounts = {"quantityAvailable": 3, "unitPrice": 1, "allocatedQuantity": 5, "unitCost": 9, "roomQuantities": []}
    known = only(page(wire(GOOD))).digest()

    assert len({only(page(wire(good(**{name: value})))).digest() for name, value in amounts.items()} | {known}) == 6
    assert {only(page(wire(good(**{name: value})))).digest()[:WORDS] for name, value in amounts.items()} == {
        known[:WORDS]
    }
    assert only(page(wire(good(batchName="another")))).digest()[:WORDS] != known[:WORDS]


# Of the good row; another value means that every row in every database is written once more.
DIGEST = "5e8e4177913f6589604b9a253ca7383a947d2dfe7c4c03cf"


@pytest.mark.parametrize(
    "change",
    [
        {"unitPrice": 24.51},
        {"quantityAvailable": 11},
        {"packageStatus": "Quarantine"},
        {"expirationDate": None},
        {"labResults": []},
        {"roomQuantities": None},
        {"isCannabis": False},
        {"productName": "Blue  Slate"},
    ],
)
def test_a_digest_changes_with_the_row(change):
    assert only(page(wire(good(**change)))).digest() != only(page(wire(GOOD))).digest()


# --- products and identity


def test_a_product_is_read_with_its_barcode():
    sent = {
        "productId": 401,
        "sku": "00417",
        "upc": "0850012345678",
        "productName": "Blue Slate 3.5g",
        "internalName": "BS-35",
        "brandName": "Cinder Hollow",
        "vendorName": "Slow Orchard",
        "netWeight": 3.5,
        "netWeightUnit": "g",
        "price": 24.5,
        "isActive": False,
        "onlineAvailable": None,
        "allowAutomaticDiscounts": True,
        "unitTHCContentDose": 5.25,
        "unitCBDContentDose": None,
        "servingSizePerUnit": 10,
        "lastModifiedDateUTC": "2026-05-01T12:00:00.0000000Z",
        "imageUrl": "https://img.example/401.jpg",
    }

    [row] = read_products(page(wire(sent))).good

    assert (row.product_id, row.sku, row.upc, row.name) == (401, "00417", "0850012345678", "Blue Slate 3.5g")
    assert (row.internal_name, row.brand, row.vendor) == ("BS-35", "Cinder Hollow", "Slow Orchard")
    assert (row.net_weight, row.net_weight_unit, row.price) == (Decimal("3.5"), "g", Decimal("24.5"))
    assert (row.is_active, row.online_available, row.allow_automatic_discounts) == (False, None, True)
    assert (row.unit_thc, row.unit_cbd, row.serving_size_per_unit) == (Decimal("5.25"), None, 10)
    assert (row.modified_at, row.image_url) == (datetime(2026, 5, 1, 12, tzinfo=UTC), "https://img.example/401.jpg")


def test_a_description_of_five_megabytes_goes_aside():
    read = read_products(page(wire({"productId": 1, "description": "x" * 5_000_000}), wire({"productId": 2})))

    assert [row.product_id for row in read.good] == [2]
    assert read.bad[0].reasons[0].code == "text.too_long"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the vendor's OpenAPI document is not beside this checkout")
@pytest.mark.parametrize(
    ("schema", "read"), [("ReportingInventoryItem", read_inventory), ("ProductDetail", read_products)]
)
def test_every_field_we_read_is_in_the_vendors_document(schema, read):
    document = json.loads((SHARED / "dutchie-openapi.json").read_text())
    named = next(each for name, each in document["components"]["schemas"].items() if name.split(".")[-1] == schema)
    shape = read.__globals__["SHAPE"]

    assert {field.wire for field in shape.fields if field.name != "modified_at"} <= named["properties"].keys()


@pytest.mark.parametrize("spelling", [str, lambda name: name[0].upper() + name[1:], str.upper])
def test_an_identity_is_read_in_any_case(spelling):
    sent = {
        "locationId": 4101,
        "lspId": 822,
        "locationName": "Northlight, Holland",
        "licenseNumber": "AU-P-000412",
        "address2": None,
    }

    identity = read_identity(wire({spelling(name): value for name, value in sent.items()}))

    assert identity == Identity(4101, 822, location_name="Northlight, Holland", license_number="AU-P-000412")


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"locationId": null, "lspId": 1}', b"<html>", b"\xff"])
def test_an_identity_without_a_location_is_no_answer(body):
    with pytest.raises(Unreachable):
        read_identity(body)


def known(*raws: bytes) -> Known:
    """What a shelf remembers of rows that were kept from an earlier page."""
    prints = read_inventory(page(*raws)).prints
    kept = Kept(
        {both[:LOOKS]: key for key, both in prints.items()}, {key: both[LOOKS:] for key, both in prints.items()}
    )
    return lambda: kept


def test_a_row_that_looks_as_it_did_is_not_read_again():
    first, second, third = (wire(good(number)) for number in range(3))
    changed = wire(good(1, quantityAvailable=3))

    read = read_inventory(page(first, changed, third), known(first, second, third))

    assert read.same == [9001, 9003]
    assert [(row.inventory_id, row.quantity) for row in read.moved] == [(9002, 3)]
    assert read.good == read.bad == []


def test_of_a_row_whose_words_look_as_they_did_only_the_amounts_are_read_and_mean_the_same():
    changes = {"quantityAvailable": 3, "unitCost": None, "roomQuantities": [], "lastModifiedDateUtc": None}
    was, raw = only(page(wire(GOOD))), wire(good(**changes))

    read = read_inventory(page(raw), known(wire(GOOD)))

    [row], whole = read.moved, only(page(raw))
    assert all(getattr(row, name) == getattr(whole, name) for name in row.__struct_fields__)
    assert was.digest()[:WORDS] + row.digest() == whole.digest() != was.digest()
    assert read.prints == read_inventory(page(raw)).prints
    for words in ({"batchName": "another"}, {"sku": None}, {"labResults": []}, {"productId": 402}):
        assert read_inventory(page(wire(good(**changes, **words))), known(wire(GOOD))).moved == []


@pytest.mark.parametrize(
    "change", [{"unitPrice": -1}, {"quantityAvailable": None}, {"lastModifiedDateUtc": "May"}, {"roomQuantities": [1]}]
)
def test_known_words_make_no_bad_amount_good(change):
    read = read_inventory(page(wire(good(**change)), wire(good(1))), known(wire(good()), wire(good(1))))

    assert (read.good, read.moved, read.same) == ([], [], [9002])
    assert [bad.reasons for bad in read.bad] == [bad.reasons for bad in read_inventory(page(wire(good(**change)))).bad]


def test_a_bad_row_among_known_ones_keeps_its_place_on_the_page():
    first, second = (wire(good(number)) for number in range(2))

    read = read_inventory(page(first, b'{"inventoryId": 5}', second), known(first, second))

    assert read.same == [9001, 9002]
    assert [bad.index for bad in read.bad] == [1]


@pytest.mark.parametrize("again", [wire(good()), wire(good(0, quantityAvailable=3))], ids=["alike", "changed"])
def test_a_known_row_told_twice_is_kept_once(again):
    once = wire(good())

    read = read_inventory(page(once, again), known(once))

    assert ([row.quantity for row in read.good], read.moved, read.same) == ([12], [], [])
    assert [(bad.index, bad.reasons[0].code) for bad in read.bad] == [(1, "id.duplicate")]


def test_another_version_of_what_is_kept_has_every_row_read_again(monkeypatch):
    raw = wire(good())
    before = known(raw)
    monkeypatch.setattr("apps.gateways.dutchie.payloads.digest.VERSION", b"next:")

    assert read_inventory(page(raw), before).same == []
