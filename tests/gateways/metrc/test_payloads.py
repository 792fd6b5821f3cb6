"""METRC's rows as values: what is kept, what is set aside, lists in every shape seen, refusals, ranges."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from apps.gateways.failures import Unreachable
from apps.gateways.metrc.payloads import Package, Refusal, Rows, Transfer, is_stumble, read_refusals, windows
from apps.gateways.metrc.payloads.filing import wire
from apps.gateways.metrc.payloads.rows import read_page, read_row, read_rows
from apps.gateways.metrc.payloads.windows import asked
from tests.gateways.stage import answers

from .conftest import NOW, adjustment, template

GOOD = {"Id": 7, "Label": "1A4050300004101007000100", "Quantity": 1.1, "LastModified": "2026-11-17T10:42:00+02:00"}


def package(**fields):
    return read_row(json.dumps(GOOD | fields).encode(), Package)


def test_nulls_are_empty_and_numbers_are_exact():
    row = package(Note=None, ExternalId=None, Item=None, Quantity=1.1, UnheardOf={"deep": [None]})
    assert (row.external_id, row.item.name, row.quantity) == ("", "", Decimal("1.1"))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-11-17T10:42:00+02:00", datetime(2026, 11, 17, 8, 42, tzinfo=UTC)),
        ("2026-11-17T10:42:00Z", datetime(2026, 11, 17, 10, 42, tzinfo=UTC)),
        ("2026-11-17T10:42:00", datetime(2026, 11, 17, 10, 42, tzinfo=UTC)),
        ("0001-01-01T00:00:00+00:00", None),
        (None, None),
    ],
)
def test_moments_end_in_utc_and_year_one_is_never(said, meant):
    assert package(LastModified=said).last_modified == meant


@pytest.mark.parametrize("said", ["2026-06-08", "2026-06-08T00:00:00+00:00", "2026-06-08T23:00:00-05:00"])
def test_a_day_is_the_day_as_written(said):
    assert package(PackagedDate=said).packaged_date == date(2026, 6, 8)


def test_a_wall_clock_time_keeps_its_hour_and_no_zone():
    raw = json.dumps({"Id": 1, "EstimatedDepartureDateTime": "2026-11-18T09:00:00-05:00"}).encode()
    assert read_row(raw, Transfer).estimated_departure_local == datetime(2026, 11, 18, 9)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"Label": "x", "Quantity": 1}',
        b'{"Id": 7, "Label": "x"}',
        b'{"Id": "seven", "Label": "x", "Quantity": 1}',
        b'{"Id": 7, "Label": "x", "Quantity": "inf"}',
        b'{"Id": 7, "Label": "x", "Quantity": 1e300}',
        b'{"Id": 7, "Label": "x", "Quantity": NaN}',
        b'{"Id": 7, "Label": "x\\u0000", "Quantity": 1}',
        b'{"Id": 7, "Label": "\\ud83d", "Quantity": 1}',
        b'{"Id": 7, "Label": "x", "Quantity": 1, "LastModified": "31/02/2026 25:61"}',
        b'{"Id": 7, "Label": "x", "Quantity": 1, "PackagedDate": "soon"}',
        b'"row"',
        b"[" * 5000 + b"]" * 5000,
    ],
    ids=range(12),
)
def test_a_bad_row_is_kept_aside_with_its_reason_and_costs_only_itself(raw):
    rows = Rows()
    read_rows([json.dumps(GOOD).encode(), raw, json.dumps(GOOD | {"Id": 8}).encode()], Package, rows)
    assert [row.id for row in rows] == [7, 8]
    [bad] = rows.bad
    assert bad.raw == raw
    assert bad.reason


@pytest.mark.parametrize(
    "body",
    [
        b'[{"Id": 1}, {"Id": 2}]',
        b'{"Data": [{"Id": 1}, {"Id": 2}], "TotalPages": 1}',
        b'{"1": {"Id": 2}, "0": {"Id": 1}}',
    ],
    ids=["bare", "envelope", "numbered"],
)
def test_a_list_is_read_in_every_shape_it_was_seen_in(body):
    assert [json.loads(raw)["Id"] for raw in read_page(body).raws] == [1, 2]


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'"text"', b'{"Message": "no"}', b'{"Data": null}', b"[1"])
def test_what_is_no_list_is_unreachable(body):
    with pytest.raises(Unreachable):
        read_page(body)


def page(ids, number, total):
    data = [GOOD | {"Id": id} for id in ids]
    said = {"Data": data, "TotalRecords": total, "TotalPages": -(-total // 20), "Page": number}
    return answers(200, json.dumps(said).encode())


def test_a_list_whose_length_changes_while_it_is_read_is_read_again(metrc_to):
    metrc = metrc_to(page(range(20), 1, 21), page([20, 21], 2, 22), page(range(20), 1, 22), page([20, 21], 2, 22))
    assert [row.id for row in metrc.packages()] == list(range(22))
    assert len(metrc.stage.requests) == 4


def test_a_list_that_never_holds_still_is_unreachable(metrc_to):
    metrc = metrc_to(*[page(range(20), 1, 21), page([20, 21], 2, 22)] * 3)
    with pytest.raises(Unreachable, match="changed each time"):
        metrc.packages()


def test_fewer_rows_than_the_list_says_it_has_are_unreachable(metrc_to):
    metrc = metrc_to(page(range(20), 1, 25), page([20], 2, 25))
    with pytest.raises(Unreachable, match="21 of 25"):
        metrc.packages()


@pytest.mark.parametrize(
    ("body", "refusals"),
    [
        ('[{"row":0,"message":"A."},{"row":2,"message":"B."}]', [("A.", 0), ("B.", 2)]),
        ('["A.", "B."]', [("A.", None), ("B.", None)]),
        ('{"Message":"A."}', [("A.", None)]),
        ('{"message":"A.","row":3}', [("A.", 3)]),
        ('"A."', [("A.", None)]),
        ("plain words", [("plain words", None)]),
        ("<html><style>b{}</style><h1>Sorry,</h1> closed</html>", [("Sorry, closed", None)]),
        ("", []),
        ("{}", []),
        ("[null, 5]", []),
    ],
)
def test_a_refusal_is_read_out_of_every_shape(body, refusals):
    assert read_refusals(body) == tuple(Refusal(text, row) for text, row in refusals)


@pytest.mark.parametrize(
    ("text", "stumbles"),
    [
        ("Could not load file or assembly 'Metrc.Common'", True),
        ("Object reference not set to an instance of an object.", True),
        ("System.Data.SqlClient.SqlException: Timeout expired.", True),
        ("Package 1A4 does not exist in the current Facility.", False),
        ("Last Modified range cannot exceed 24 hours", False),
        ("", False),
    ],
)
def test_a_crash_of_their_server_is_told_from_a_refusal(text, stumbles):
    assert is_stumble(text) is stumbles


def test_ranges_run_forward_and_meet_without_a_gap():
    found = list(windows(NOW, NOW + timedelta(hours=50)))
    assert [until - since for since, until in found] == [timedelta(hours=24)] * 2 + [timedelta(hours=2)]
    assert [since for since, _ in found[1:]] == [until for _, until in found[:-1]]
    assert list(windows(NOW, NOW)) == []


@pytest.mark.parametrize(
    "ends",
    [(NOW, None), (NOW, NOW + timedelta(hours=24, seconds=1)), (NOW, NOW - timedelta(1)), (datetime(2026, 1, 1),) * 2],
    ids=["half", "wide", "backwards", "naive"],
)
def test_a_range_that_metrc_would_misread_is_never_asked(ends):
    with pytest.raises(ValueError):
        asked(*ends)


def test_a_wall_clock_time_with_a_zone_or_a_boundless_number_is_never_filed():
    with pytest.raises(ValueError, match="zone"):
        wire([_zoned()])
    with pytest.raises(ValueError, match="finite"):
        wire([adjustment("NaN")])


def _zoned():
    from msgspec import structs

    one = template()
    return structs.replace(one, destinations=[structs.replace(one.destinations[0], estimated_departure_local=NOW)])


def test_the_wire_has_metrcs_names_in_an_array():
    [sent] = json.loads(bytes(wire([template()])))
    [stop] = sent["Destinations"]
    assert sent["Name"] == "RU-1042-7K2M9QX4AB"
    assert stop["EstimatedDepartureDateTime"] == "2026-11-18T09:00:00"
    assert stop["Packages"][0] | {"WholesalePrice": 1250.4} == stop["Packages"][0]
    assert stop["Transporters"][0]["VehicleLicensePlateNumber"] == "NLS 4127"
