"""The back office's rows, read into the POS's: names in either case, the store's own dates, all else as it came."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from apps.gateways.base import Unreachable
from apps.gateways.dutchie.payloads import Kept, read_inventory
from apps.gateways.dutchie.payloads.digest import LOOKS
from apps.gateways.dutchie.payloads.packages import page_in, read_packages

from .rows import MUTATIONS, good, page, wire

TAMPA = ZoneInfo("America/New_York")


def read(*rows, zone=TAMPA):
    return read_packages(page(*rows), zone=zone)


def pascal(row):
    return {name[0].upper() + name[1:]: value for name, value in row.items()}


def test_a_row_means_what_the_poss_row_means():
    [ours] = read(wire(good())).good

    assert ours == read_inventory(page(wire(good()))).good[0]


def test_names_are_read_in_either_case():
    assert read(wire(pascal(good()))).good == read(wire(good())).good
    assert read(wire({**good(), "SKU": "CH-9", "sku": None})).good[0].sku in ("CH-9", "")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("11/17/2026, 5:42:00 PM", datetime(2026, 11, 17, 22, 42, tzinfo=UTC)),
        ("7/4/2026, 12:00:01 AM", datetime(2026, 7, 4, 4, 0, 1, tzinfo=UTC)),
        ("07/04/2026 12:00:00 PM", datetime(2026, 7, 4, 16, 0, tzinfo=UTC)),
    ],
)
def test_moments_are_the_stores_own(written, utc):
    [row] = read(wire({**good(), "lastModifiedDate": written, "lastModifiedDateUtc": None})).good

    assert row.modified_at == utc


@pytest.mark.parametrize(
    "written", ["11/30/2026, 12:00:00 AM", "11/30/2026, 11:59:00 PM", "11/30/2026", "2026-11-30T00:00:00"]
)
def test_days_stay_the_days_on_the_label(written):
    [row] = read(wire({**good(), "expirationDate": written})).good

    assert row.expires_date == date(2026, 11, 30)


def test_fields_that_are_not_sent_are_empty():
    least = {"inventoryId": 1, "productId": 2, "quantityAvailable": 3.5, "unitPrice": 4}

    [row] = read(wire(least)).good

    assert (row.quantity, row.price) == (Decimal("3.5"), 4)
    assert (row.unit_cost, row.labs, row.rooms, row.brand, row.expires_date, row.modified_at) == (
        None,
        (),
        (),
        "",
        None,
        None,
    )


def test_numbers_keep_every_digit():
    [row] = read(wire(good()).replace(b'"unitPrice":', b'"unitPrice":12345678.1234,"was":')).good

    assert row.price == Decimal("12345678.1234")


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_spoiled_row_is_kept_aside_as_it_came_with_its_reason(name):
    spoil, code = MUTATIONS[name]
    first, last = wire(good(1)), wire(good(2))
    spoiled = spoil(good())

    found = read(first, spoiled, last)

    assert len(found.good) == 2
    [bad] = found.bad
    assert (bad.index, bad.raw) == (1, spoiled)
    assert bad.reasons
    assert code in [None, *(reason.code for reason in bad.reasons)]


@pytest.mark.parametrize("written", ["31/02/2026 25:61", "soon", "13/45/2026, 9:00:00 AM"])
def test_a_date_nobody_can_read_costs_its_row(written):
    found = read(wire({**good(), "expirationDate": written}))

    assert [reason.code for reason in found.bad[0].reasons] == ["date.unreadable"]


def test_rows_that_look_as_they_did_are_not_read_again():
    once = read(wire(good(1)), wire(good(2)))
    [first, *_] = once.prints
    kept = Kept({once.prints[first][:LOOKS]: first})

    again = read_packages(page(wire(good(1)), wire(good(2, unitPrice=1))), lambda: kept, zone=TAMPA)

    assert again.same == [once.good[0].inventory_id]
    assert [row.price for row in again.good] == [1]


def answer(items, total=2):
    return json.dumps({"data": {"getPackagesV5": {"items": items, "totalCount": total}}}).encode()


def test_a_page_is_its_total_and_its_rows():
    total, rows = page_in(answer([{"a": "]}"}, {"b": '"items": ['}]))

    assert (total, rows) == (2, [b'{"a": "]}"}', b'{"b": "\\"items\\": ["}'])


@pytest.mark.parametrize("cut", [21, 30, 40, 60])
def test_half_a_page_is_none(cut):
    with pytest.raises(Unreachable):
        page_in(b'{"totalCount": 2, ' + answer([{"a": 1}, {"b": 2}])[1:-cut])
