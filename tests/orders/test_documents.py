"""An order's papers, read back: who, what, how much, under which licences, on how many pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apps.catalog.models import Reservation, ShelfLine, StockItem
from apps.core.errors import Refused
from apps.core.scope import everyone
from apps.orders import documents
from apps.orders.actions import billing
from apps.orders.documents.values import printable
from apps.orders.models import Order, OrderLine
from tests import make
from tests.orders.shipped import an_order
from tests.papers import pages

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@pytest.fixture
def order(cast, scoped):
    made = an_order(
        cast,
        ("24", "11.40"),
        ("3", "0.3333"),
        deliver_to="Juniper & Pine, Eastown",
        deliver_license="AU-R-009731",
        deliver_zone="America/Detroit",
        deliver_from=datetime(2026, 11, 24, 13, tzinfo=UTC),
        deliver_until=datetime(2026, 11, 24, 15, tzinfo=UTC),
        submitted_at=NOW,
        po_number="PO 7781",
        site_license="AU-P-000412",
    )
    with everyone("test"):
        OrderLine.objects.filter(order=made, position=1).update(name="Blue Slate <I> 3.5 g", sku="CH-0351")
    with scoped(cast.seller):
        yield Order.objects.get(pk=made.pk)


def text(kind: str, order: Order) -> str:
    return "\n".join(pages(documents.render(kind, order)))


def test_a_confirmation_names_both_sides_the_lines_and_the_total(order):
    said = text("confirmation", order)

    for told in (
        "Order confirmation",
        "Northlight Supply Co.",
        "Licence AU-P-000412",
        "Juniper & Pine, Eastown",
        "Licence AU-R-009731",
        "Tue 24 Nov 2026, 08:00–10:00",
        "Net 30 days",
        "PO 7781",
        "Blue Slate <I> 3.5 g",
        "CH-0351",
        "24 units",
        "$11.40",
        "$273.60",
        "$0.3333",
        "$274.60",
        "Page 1 of 1",
    ):
        assert told in said, told


def test_an_invoice_is_made_when_the_order_ships_and_says_what_is_still_owed(order):
    with pytest.raises(Refused) as early:
        documents.render("invoice", order)
    bill = billing.issue_invoice(order=order, by="test", now=NOW)
    billing.start_terms(order=order, delivered_at=NOW, by="test")
    paid = {"amount": Decimal("100.00"), "received_date": date(2026, 11, 21), "method": "ACH"}
    billing.record_payment(invoice=bill, **paid, by="test", now=NOW)
    billing.issue_credit(invoice=bill, amount=Decimal("4.60"), reason="One jar crushed", by="test", now=NOW)

    said = text("invoice", order)

    assert early.value.detail == "The invoice is made when the order ships."
    for told in (bill.number, "21 Dec 2026", "$274.60", "–$100.00", "–$4.60", "$170.00", "One jar crushed"):
        assert told in said, told


def test_a_void_invoice_says_so_on_its_paper(order):
    bill = billing.issue_invoice(order=order, by="test", now=NOW)
    before = "".join(pages(documents.render_invoice(bill)))
    void = billing.void_invoice(invoice=bill, reason="The van never left", by="test", now=NOW)

    said = "".join(pages(documents.render_invoice(void)))

    assert "VOID" not in before
    assert "VOID" in said
    assert "The van never left" in said


def test_a_pick_list_names_batches_in_the_order_of_the_lines(order, cast):
    first, second = order.lines.order_by("position")
    batch = StockItem.objects.get(product=first.product_id)
    StockItem.objects.filter(pk=batch.pk).update(batch="B-2207", tag="1A406", expires_date=date(2027, 4, 22))
    Reservation.objects.create(
        organization=cast.wholesaler,
        shelf_line=ShelfLine.objects.get(pk=first.shelf_line_id),
        package=batch,
        order=order.pk,
        line=first.pk,
        quantity=24,
        state="ALLOCATED",
        made_at=NOW,
    )

    said = text("pick-list", order)

    for told in ("B-2207 · 1A406", "22 Apr 27", "24 units", "not chosen yet"):
        assert told in said, told
    assert said.index("B-2207") < said.index("not chosen yet")
    assert "$" not in said


def test_a_packing_list_has_no_prices(order):
    said = text("packing-list", order)

    assert "24 units" in said
    assert "$" not in said


def test_many_lines_take_many_pages_each_with_its_head_and_number(cast, scoped):
    made = an_order(cast, *[("1", "1.00")] * 90)
    with scoped(cast.seller):
        found = pages(documents.render("confirmation", Order.objects.get(pk=made.pk)))

    assert len(found) > 1
    for number, page in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in page
        assert "Order confirmation" in page
    assert "Price each" in found[1].replace("\n", " ")
    assert "$90.00" in found[-1]


def test_the_same_order_gives_the_same_bytes(order):
    assert documents.render("confirmation", order) == documents.render("confirmation", order)


def test_there_is_no_other_paper(order):
    with pytest.raises(ValueError, match="no document 'poem'"):
        documents.render("poem", order)


@pytest.mark.parametrize(
    ("written", "shown", "lost"),
    [
        ("Jalapeño – “Nº 5”", "Jalapeño – “Nº 5”", False),
        ("Łódź −5", "Lódz –5", False),
        ("草 Bus?", "? Bus?", True),
        ("Really?", "Really?", False),
    ],
)
def test_letters_the_paper_cannot_show_are_made_plainer_or_given_up(written, shown, lost):
    assert printable(written) == (shown, lost)


def test_a_name_in_letters_the_paper_lacks_is_said_to_be_so(order):
    OrderLine.objects.filter(order=order).update(name="草 Bus")

    assert "is shown as ?" in text("confirmation", order)


def test_a_buyer_gets_the_same_confirmation(order, cast, scoped):
    with scoped(cast.buyer):
        mine = documents.render("confirmation", Order.objects.get(pk=order.pk))

    assert mine == documents.render("confirmation", order)


def test_an_order_without_a_site_of_record_says_what_is_missing(cast, scoped):
    made = an_order(cast, ("1", "1"))
    make.location(organization=cast.wholesaler)
    with scoped(cast.seller):
        assert "Licence not on file" in text("confirmation", Order.objects.get(pk=made.pk))
