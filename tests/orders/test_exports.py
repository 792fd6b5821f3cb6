"""What the list keeps and gives away: saved views, files of orders and lines, one order as data, orders per week."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from apps.core.models import AuditEntry
from apps.core.scope import everyone
from apps.orders.models import Order, SavedView
from apps.orders.views import exporting
from tests import make

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"


@pytest.fixture
def buyer(market, client_of):
    return client_of(market.cast.buyer)


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content[:500]
    return list(csv.DictReader(StringIO(answer.content.decode())))


def save(client, **sent):
    return client.post(f"{ORDERS}views/", sent, follow=True).content.decode()


def test_a_view_is_saved_seen_as_a_chip_used_and_forgotten(market, buyer, client_of):
    order = market.order(("FLOWER", 2), state="PENDING")
    page = save(buyer, name="  My  gummies ", state="waiting", q="FLOWER")
    assert "The view “My gummies” is saved." in page
    assert 'href="?state=waiting&amp;q=FLOWER" aria-current="true">My gummies</a>' in page
    assert order.number in buyer.get(f"{ORDERS}?state=waiting&q=FLOWER").content.decode()
    with everyone("test"):
        view = SavedView.objects.get()

    assert "My gummies" not in client_of(market.cast.seller).get(ORDERS).content.decode()
    for other in (market.cast.seller, market.cast.outsider):
        assert client_of(other).post(f"{ORDERS}views/", {"forget": view.pk}).status_code == 404
    assert "is forgotten" in save(buyer, forget=view.pk)
    assert buyer.post(f"{ORDERS}views/", {"forget": view.pk}).status_code == 404
    assert buyer.post(f"{ORDERS}views/", {"forget": "x"}).status_code == 404


def test_a_colleagues_views_are_not_mine(market, buyer, client_of):
    save(buyer, name="Mine", state="all")
    with everyone("test"):
        view = SavedView.objects.get()
    colleague = client_of(make.user(email="second@juniper.test", at=market.cast.retailer, role="buyer"))
    assert ">Mine</a>" not in colleague.get(ORDERS).content.decode()
    assert colleague.post(f"{ORDERS}views/", {"forget": view.pk}).status_code == 404


def test_a_name_saved_again_is_another_view_and_there_are_twenty_at_most(market, buyer):
    save(buyer, name="Mine", state="all")
    save(buyer, name="Mine", state="draft")
    with everyone("test"):
        assert SavedView.objects.get().tab == "draft"
    for n in range(19):
        save(buyer, name=f"View {n}", state="all")
    assert "You have 20 saved views." in save(buyer, name="One more", state="all")
    assert "is saved" in save(buyer, name="Mine", state="ended")
    assert "Give the view a name." in save(buyer, name="  ", state="all")
    with everyone("test"):
        assert SavedView.objects.count() == 20


def test_the_list_is_written_as_csv_as_it_is_filtered(market, buyer, client_of):
    sent = market.order(("FLOWER", 4), ("GUMMIES", 10), state="SHIPPED")
    draft = market.draft(("GUMMIES", 10))
    every = rows(buyer.get(f"{ORDERS}export.csv?state=all"))
    assert [row["order"] for row in every] == [draft.number, sent.number]
    assert [row["order"] for row in rows(buyer.get(f"{ORDERS}export.csv?state=draft"))] == [draft.number]
    assert [row["order"] for row in rows(buyer.get(f"{ORDERS}export.csv?state=all&q=FLOWER"))] == [sent.number]
    told = every[1]
    assert (told["seller"], told["buyer"], told["state"]) == ("Northlight Supply Co.", "Juniper & Pine", "SHIPPED")
    assert (told["goods"], told["tax"], told["total"], told["units"]) == ("175.00", "0.00", "175.00", "14")
    mine = rows(client_of(market.cast.seller).get(f"{ORDERS}export.csv?state=all"))
    assert [row["order"] for row in mine] == [sent.number]  # a retailer's draft is its own
    assert rows(client_of(market.cast.outsider).get(f"{ORDERS}export.csv?state=all")) == []


def test_lines_carry_both_sides_skus_where_the_reader_knows_them(market, buyer, client_of):
    order = market.order(("FLOWER", 4), ("GUMMIES", 10), state="ACCEPTED")
    with everyone("test"):
        market.flower.upc = "850012345678"
        market.flower.save()
        make.product(organization=market.cast.retailer, name="Blue Dream", sku="JP-77", upc="850012345678")
    told = rows(buyer.get(f"{ORDERS}export.csv?state=all&per=line"))
    assert [(row["seller_sku"], row["buyer_sku"], row["accepted"]) for row in told] == [
        ("FLOWER", "JP-77", "4"),
        ("GUMMIES", "", "10"),
    ]
    theirs = rows(client_of(market.cast.seller).get(f"{ORDERS}export.csv?state=all&per=line"))
    assert [row["buyer_sku"] for row in theirs] == ["", ""]
    one = rows(buyer.get(f"{ORDERS}{order.number}/order.csv"))
    assert one == told
    read = buyer.get(f"{ORDERS}{order.number}/order.json").json()
    assert [line["buyer_sku"] for line in read["lines"]] == ["JP-77", ""]
    assert (read["number"], read["total"]) == (order.number, "175.00")
    for kind in ("csv", "json"):
        assert client_of(market.cast.outsider).get(f"{ORDERS}{order.number}/order.{kind}").status_code == 404


def test_a_workbook_says_the_same(market, buyer):
    market.order(("FLOWER", 4), state="PENDING")
    for per in ("order", "line"):
        sheet = load_workbook(BytesIO(buyer.get(f"{ORDERS}export.xlsx?state=all&per={per}").content)).active
        table = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
        told = rows(buyer.get(f"{ORDERS}export.csv?state=all&per={per}"))
        assert table == [list(told[0]), *[list(row.values()) for row in told]]


def test_no_cell_is_a_formula(market, buyer):
    order = market.order(("FLOWER", 4), state="PENDING")
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(po_number="=1+1", deliver_to="@SUM(A1)")
        order.lines.update(name="+cmd|' /C calc'!A0", sku="-1")
    told = rows(buyer.get(f"{ORDERS}export.csv?state=all"))[0]
    assert (told["po_number"], told["to"]) == ("'=1+1", "'@SUM(A1)")
    line = rows(buyer.get(f"{ORDERS}{order.number}/order.csv"))[0]
    assert (line["product"], line["seller_sku"]) == ("'+cmd|' /C calc'!A0", "'-1")
    cells = load_workbook(BytesIO(buyer.get(f"{ORDERS}export.xlsx?state=all").content)).active
    assert all(cell.data_type != "f" for row in cells.iter_rows() for cell in row)


def test_an_export_of_many_is_in_the_trail_and_bounded(market, buyer, monkeypatch):
    for _ in range(3):
        market.draft(("FLOWER", 1))
    buyer.get(f"{ORDERS}export.csv?state=draft&per=line")
    with everyone("test"):
        entry = AuditEntry.objects.get(action="orders.exported")
    assert (entry.organization_id, entry.actor) == (market.cast.retailer.pk, "buyer@juniper.test")
    assert entry.data == {"orders": 3, "format": "csv", "per": "line", "tab": "draft", "words": ""}

    monkeypatch.setattr(exporting, "MOST", 2)
    answer = buyer.get(f"{ORDERS}export.csv?state=draft", follow=True)
    assert "A file takes 2 orders." in answer.content.decode()


def test_many_orders_take_as_many_queries_as_one(market, buyer, django_assert_max_num_queries):
    for _ in range(6):
        market.draft(("FLOWER", 1), ("GUMMIES", 2))
    for per in ("order", "line"):
        with django_assert_max_num_queries(24):
            assert len(rows(buyer.get(f"{ORDERS}export.csv?state=all&per={per}"))) == (6 if per == "order" else 12)


def test_orders_per_week_are_counted_where_they_were_placed(market, buyer, client_of):
    assert "No order in 12 weeks" in buyer.get(f"{ORDERS}per-week/").content.decode()
    first, second = market.order(("FLOWER", 1)), market.order(("FLOWER", 1))
    market.draft(("FLOWER", 1))
    with everyone("test"):
        Order.objects.filter(pk=first.pk).update(submitted_at=market.now - timedelta(weeks=2))
        Order.objects.filter(pk=second.pk).update(total=Decimal(0))
    for client in (buyer, client_of(market.cast.seller)):
        counts = [int(row["orders"]) for row in rows(client.get(f"{ORDERS}per-week.csv"))]
        assert (len(counts), sum(counts), counts[-1], counts[-3]) == (12, 2, 1, 1)
        page = client.get(f"{ORDERS}per-week/").content.decode()
        assert "2 orders in 12 weeks, 1 of them this week" in page
        assert '<svg class="chart' in page
    assert sum(int(row["orders"]) for row in rows(client_of(market.cast.outsider).get(f"{ORDERS}per-week.csv"))) == 0
