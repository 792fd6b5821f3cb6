"""Quick order: what is read from paste and files, what the check says of each row, and what gets into a draft."""

from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import tablib
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core.errors import Refused
from apps.core.scope import everyone
from apps.orders.forms.sheets import MOST_BYTES, MOST_ROWS, Row, pasted, uploaded
from apps.orders.models import Order
from apps.orders.rules.amounts import read_quantity
from apps.orders.rules.steps import steps
from tests import make

QUICK = "/portal/quick-order/"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("HL-1001, 40", [Row(1, "HL-1001", "40")]),
        ("HL-1001\t40\nCH-0351\t6", [Row(1, "HL-1001", "40"), Row(2, "CH-0351", "6")]),
        ("SKU;Quantity\n\nHL-1001;2.5", [Row(3, "HL-1001", "2.5")]),
        ("HL-1001 40", [Row(1, "HL-1001", "40")]),
        ("HL-1001,", [Row(1, "HL-1001", "")]),
        ("HL-1001", [Row(1, "HL-1001", "")]),
        ("  \n", []),
    ],
)
def test_a_paste_is_read_line_by_line(text, found):
    assert pasted(text) == found


@pytest.mark.parametrize("text", ["-1", "1e3", "٤", "nan", "true", "1.2345", "10000000", "1,2", "", "=1+1", "0x5"])
def test_junk_is_no_quantity(text):
    with pytest.raises(ValueError):
        read_quantity(text)


def test_quantities_are_read_as_people_write_them():
    assert [read_quantity(text) for text in ("4", " 2.50 ", "1,200", "0")] == [4, Decimal("2.5"), 1200, 0]


def file(data: bytes, name="order.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def sheet(rows, headers=("SKU", "Quantity")) -> bytes:
    return tablib.Dataset(*rows, headers=headers).export("xlsx")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"sku,qty\nHL-1001,40\n", [Row(2, "HL-1001", "40")]),
        (b"\xef\xbb\xbfItem;Amount\r\nHL-1001;40\r\n", [Row(2, "HL-1001", "40")]),
        (b"note\tcases\tSKU\nx\t4\tHL-1001\n", [Row(2, "HL-1001", "4", cases=True)]),
        (b"HL-1001,40\nCH-0351\n", [Row(1, "HL-1001", "40"), Row(2, "CH-0351", "")]),
        (sheet([("HL-1001", 40), (1002, 2.5), ("=A1", "x")]), "xlsx"),
    ],
)
def test_files_are_read_by_the_names_of_their_columns(data, found):
    rows = uploaded(file(data))
    if found == "xlsx":
        assert [(row.sku, row.quantity) for row in rows[:2]] == [("HL-1001", "40"), ("1002", "2.5")]
    else:
        assert rows == found


def bomb() -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as out:
        out.writestr("xl/worksheets/sheet1.xml", b" " * 9_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"x" * (MOST_BYTES + 1), "larger than 1 MB"),
        (b"A,1\n" * (MOST_ROWS + 1), "more than the 500"),
        (sheet([("A", 1)] * (MOST_ROWS + 1)), "more than the 500"),
        (b"PK\x03\x04 broken", "could not be read as XLSX"),
        (bomb(), "too large once unpacked"),
        (b"\0\1\2", "no text"),
        (b"A,1\nB,2,3,4\n", "more columns than the first"),
        (b"SKU,Name\nA,B\n", "none for the quantity"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(data, told):
    with pytest.raises(Refused) as refused:
        uploaded(file(data))
    assert told in refused.value.detail
    assert refused.value.status == 400


def test_the_way_of_an_order_ends_where_it_was_left():
    kinds = [(step.state, step.kind) for step in steps("CANCELLED", {"PENDING": None, "ACCEPTED": None})]
    assert kinds == [("PENDING", "past"), ("ACCEPTED", "past"), ("CANCELLED", "off")]
    assert [step.kind for step in steps("COUNTERED", {})] == ["past", "past", "asks", *["later"] * 5]
    assert {step.kind for step in steps("CONFIRMED", {})} == {"past"}
    assert {step.kind for step in steps("DRAFT", {})} == {"later"}


@pytest.fixture
def buyer(market, client_of):
    make.run(location=market.cast.place)
    make.pack(product=market.gummies, multiple="10")
    return client_of(market.cast.buyer)


def states(answer) -> dict:
    assert answer.status_code == 200
    return {one.row.number: (one.state, one.text) for one in answer.context["rows"]}


@pytest.mark.django_db
def test_errors_stand_first_each_with_its_fix_and_ready_rows_go_into_a_draft_at_once(market, buyer):
    text = "FL0WER, 4\nGUMMIES, 15\nFLOWER, 90\ngummies, 10\nNOTHING, 2\nFLOWER,"
    answer = buyer.post(QUICK, {"paste": text, "way": "paste", "do": "check"})
    found = states(answer)
    assert [state for state, _text in found.values()] == ["error"] * 4 + ["choose", "ready"]
    assert "Did you mean FLOWER, Blue Dream 3.5g?" in found[1][1]
    assert found[3][1] == "Only 10 left; you asked for 90."
    assert "Nearest: 10 or 20" in found[2][1]
    with everyone("test"):
        assert not Order.objects.exists()
    rows = {f"sku-{n}": sku for n, sku in enumerate(["FL0WER", "GUMMIES", "gummies"], 1)}
    rows |= {f"quantity-{n}": text for n, text in enumerate(["4", "15", "10"], 1)}
    assert states(buyer.post(QUICK, rows | {"fix": "1|sku|FLOWER"}))[1][0] == "ready"
    assert states(buyer.post(QUICK, rows | {"fix": "2|quantity|20"}))[2][0] == "ready"
    assert 1 not in states(buyer.post(QUICK, rows | {"fix": "1|skip|"}))
    left = states(buyer.post(QUICK, rows | {"do": "add"}))
    assert set(left) == {1, 2}
    with everyone("test"):
        draft = Order.objects.get()
        assert [(line.sku, line.ordered) for line in draft.lines.all()] == [("GUMMIES", 10)]
    done = buyer.post(QUICK, {"sku-1": "FLOWER", "quantity-1": "2", "do": "add"})
    assert done.url == f"/portal/orders/{draft.number}/"


@pytest.mark.django_db
def test_cases_count_as_so_many_units_and_formulas_are_not_taken(market, buyer):
    upload = file(b"sku,cases\nGUMMIES,2\n=HYPERLINK(1),3\n")
    answer = buyer.post(QUICK, {"file": upload, "way": "upload", "do": "check"})
    rows = {one.row.number: one for one in answer.context["rows"]}
    assert (rows[2].state, rows[2].quantity, rows[2].total) == ("ready", 20, Decimal("190.00"))
    assert "holds a formula" in rows[3].text


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_sample_file_can_be_sent_back_as_it_is(market, buyer, kind):
    sample = buyer.get(f"{QUICK}sample.{kind}")
    answer = buyer.post(QUICK, {"file": file(sample.content, f"sample.{kind}"), "do": "check"})
    assert {state for state, _text in states(answer).values()} == {"ready"}


@pytest.mark.django_db
def test_a_refused_file_says_why_on_the_page(market, buyer):
    answer = buyer.post(QUICK, {"file": file(b"SKU,Name\nA,B\n"), "way": "upload", "do": "check"})
    assert answer.status_code == 400
    assert "none for the quantity" in answer.content.decode()
