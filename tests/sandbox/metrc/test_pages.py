"""Lists: the envelope and its pages, ranges, the ways of the states, and what else is only read."""

import base64

import pytest

from .conftest import ADJUST, BLUE_SLATE, HOLLAND, adjustment, template

PACKAGES = "/packages/v2/active"
CALIFORNIA = {"user": "sbx-user-california", "licence": "C11-0000412-LIC"}


def test_pages_fit_together_and_end(metrc):
    pages = [metrc.read(PACKAGES, pageNumber=number, pageSize=20) for number in range(1, 9)]
    ids = [row["Id"] for page in pages for row in page["Data"]]
    assert len(ids) == len(set(ids)) == 126
    assert [page["RecordsOnPage"] for page in pages] == [20] * 6 + [6, 0]
    first = {name: value for name, value in pages[0].items() if name != "Data"}
    assert first == {
        "Total": 126,
        "TotalRecords": 126,
        "PageSize": 20,
        "RecordsOnPage": 20,
        "Page": 1,
        "CurrentPage": 1,
        "TotalPages": 7,
    }


@pytest.mark.parametrize("query", [{"pageSize": 21}, {"pageSize": 0}, {"pageNumber": 0}, {"pageNumber": "x"}])
def test_a_page_that_cannot_be_is_400(metrc, query):
    assert metrc.ask("GET", PACKAGES, **query).status_code == 400


def test_california_answers_a_bare_list_to_who_names_no_page_size(metrc):
    assert len(metrc.read("/packages/v2/adjust/reasons", **CALIFORNIA)) == 9
    assert metrc.read("/packages/v2/adjust/reasons", pageSize=5, **CALIFORNIA)["TotalPages"] == 2


def _range(start, end):
    return {"lastModifiedStart": start, "lastModifiedEnd": end}


def test_a_range_takes_what_changed_in_it(metrc):
    metrc.write("POST", ADJUST, adjustment())
    day = _range("2026-11-17T10:00:00+00:00", "2026-11-17T11:00:00+00:00")
    assert [row["Label"] for row in metrc.data(PACKAGES, **day)] == [BLUE_SLATE]
    assert [row["AdjustmentNote"] for row in metrc.data("/packages/v2/adjustments", **day)] == ["RU7K2M9QX4 counted"]
    assert metrc.data("/packages/v2/adjustments", **_range("2026-11-17T08:00:00Z", "2026-11-17T10:00:00Z")) == []


def test_a_range_over_24_hours_or_half_a_range_is_refused(metrc):
    wide = metrc.ask("GET", PACKAGES, **_range("2026-11-15T10:00:00Z", "2026-11-16T10:00:01Z"))
    assert (wide.status_code, wide.json()["Message"]) == (400, "Last Modified range cannot exceed 24 hours")
    assert metrc.ask("GET", PACKAGES, lastModifiedStart="2026-11-17T10:00:00Z").status_code == 400
    assert metrc.ask("GET", PACKAGES, **_range("soon", "later")).status_code == 400


def test_a_plus_that_was_not_escaped_is_silently_another_moment(metrc):
    metrc.write("POST", ADJUST, adjustment())  # at 10:42 UTC
    right = "lastModifiedStart=2026-11-17T12:00:00%2B02:00&lastModifiedEnd=2026-11-17T13:00:00%2B02:00"
    url = f"{metrc.url}/packages/v2/adjustments?licenseNumber={HOLLAND}&"
    auth = ("sbx-vendor-reup", "sbx-user-northlight")
    found = [metrc.session.get(url + query, auth=auth).json()["Total"] for query in (right, right.replace("%2B", "+"))]
    assert found == [1, 0]


@pytest.mark.parametrize(("ways", "count"), [("all", 126), ("recent", 1), ("none", 0)])
def test_without_a_range_a_state_answers_in_its_own_way(metrc, ways, count):
    metrc.ctl("world", {"states": {"mi": {"withoutWindow": ways}}})
    metrc.ctl("clock", {"advance": 86_400})
    metrc.write("POST", ADJUST, adjustment())
    assert metrc.read(PACKAGES)["Total"] == count


def test_a_package_is_found_by_label_or_id_and_another_licences_is_not(metrc):
    row = metrc.read(f"/packages/v2/{BLUE_SLATE}")
    assert (row["Quantity"], row["UnitOfMeasureName"], row["LabTestingState"]) == (864, "Each", "TestPassed")
    assert row["Item"]["Name"] == "Blue Slate (I)"
    assert metrc.read(f"/packages/v2/{row['Id']}", licence=None) == row
    assert metrc.ask("GET", f"/packages/v2/{BLUE_SLATE}", user="sbx-user-juniper", licence=None).status_code == 404
    assert not [name for name in row if name.startswith("_")]


def test_shelves_tell_held_finished_and_sample_packages_apart(metrc):
    bay = {"user": "sbx-user-massachusetts", "licence": "MP281412"}
    shelves = ("active", "onhold", "inactive", "labsamples", "intransit", "transferred")
    assert [len(metrc.data(f"/packages/v2/{shelf}", **bay, **_day())) for shelf in shelves] == [5, 1, 0, 0, 0, 0]
    lab = {"user": "sbx-user-lab", "licence": "AU-SC-000118"}
    assert len(metrc.data("/packages/v2/labsamples", **lab)) == 2


def _day():
    return _range("2026-11-16T14:00:00Z", "2026-11-17T14:00:00Z")


@pytest.mark.parametrize(
    ("path", "least"),
    [
        ("/employees/v2", 1),
        ("/items/v2/active", 10),
        ("/items/v2/inactive", 0),
        ("/items/v2/categories", 8),
        ("/locations/v2/active", 2),
        ("/locations/v2/types", 1),
        ("/sublocations/v2/active", 2),
        ("/transporters/v2/drivers", 2),
        ("/transporters/v2/vehicles", 2),
        ("/packages/v2/adjust/reasons", 9),
        ("/packages/v2/intransit", 0),
        ("/transfers/v2/types", 5),
        ("/transfers/v2/outgoing", 0),
        ("/transfers/v2/rejected", 0),
        ("/labtests/v2/types", 3),
        ("/sales/v2/receipts/active", 0),
    ],
)
def test_these_lists_are_published(metrc, path, least):
    rows = metrc.data(path)
    assert len(rows) >= least
    assert not [name for row in rows for name in row if name.startswith("_")]


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/packages/v2/types", "Product"),
        ("/transfers/v2/deliveries/packages/states", "Shipped"),
        ("/labtests/v2/states", "NotSubmitted"),
        ("/sales/v2/customertypes", "Consumer"),
    ],
)
def test_these_are_bare_lists_of_words(metrc, path, first):
    assert metrc.read(path)[0] == first


def test_units_and_unused_tags_are_bare_lists_of_rows(metrc):
    assert len(metrc.read("/unitsofmeasure/v2/active", licence=None)) == 11
    tags = metrc.read("/tags/v2/package/available")
    assert (len(tags), {len(tag["Label"]) for tag in tags}) == (40, {24})


def test_a_package_has_lab_results_and_a_certificate(metrc):
    package = metrc.read(f"/packages/v2/{BLUE_SLATE}")
    rows = metrc.data("/labtests/v2/results", packageId=package["Id"])
    assert rows[0] | {"TestTypeName": "THC (%)", "TestResultLevel": 18.4, "TestPassed": True} == rows[0]
    file = metrc.read(f"/labtests/v2/labtestdocument/{rows[0]['LabTestResultDocumentFileId']}")
    assert file["ContentType"] == "application/pdf"
    assert base64.b64decode(file["FileContents"]).startswith(b"%PDF")
    assert metrc.ask("GET", "/labtests/v2/results", packageId=1).status_code == 400


def test_what_is_read_may_be_a_while_old_and_keys_are_not(metrc):
    metrc.ctl("world", {"settings": {"readLagSeconds": 90}})
    metrc.write("POST", ADJUST, adjustment())
    metrc.write("POST", "/transfers/v2/templates/outgoing", template())
    assert (metrc.quantity(), metrc.data("/packages/v2/adjustments")) == (864, [])
    assert metrc.data("/transfers/v2/templates/outgoing") == []
    metrc.ctl("clock", {"advance": 91})
    assert (metrc.quantity(), len(metrc.data("/packages/v2/adjustments"))) == (861.5, 1)
