"""Invoices and the statement as pages: who sees what, what is owed and how old, the paper and the CSV."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.core.scope import everyone
from apps.orders.actions import billing
from apps.orders.models import Invoice, TradeTerms, finding
from tests.orders.shipped import an_order
from tests.papers import pages

pytestmark = pytest.mark.django_db
LIST, STATEMENT = "/portal/invoices/", "/portal/statement/"


@pytest.fixture
def bill(cast, scoped):
    """`bill("100", days=40)`: an invoice over so much whose day passed so many days ago; None: not delivered yet."""

    def billed(amount: str, *, days: int | None = None, buyer=None) -> Invoice:
        with scoped(cast.seller):
            made = billing.issue_invoice(
                order=an_order(cast, ("1", amount), terms="COD", buyer=buyer), by="test", now=timezone.now()
            )
        if days is not None:
            with everyone("test"):
                due = timezone.now().date() - timedelta(days=days)
                Invoice.objects.filter(pk=made.pk).update(due_date=due)
                billing.mark_overdue(now=timezone.now())
        return made

    return billed


def numbers(answer) -> set[str]:
    return {invoice.number for invoice in answer.context["invoices"]}


def test_both_sides_see_an_invoice_and_a_stranger_gets_404(cast, bill, client_of):
    mine, other = bill("100"), bill("50", buyer=cast.stranger)

    assert numbers(client_of(cast.buyer).get(LIST)) == {mine.number}
    assert numbers(client_of(cast.seller).get(LIST)) == {mine.number, other.number}
    assert client_of(cast.buyer).get(f"{LIST}{mine.pk}/").status_code == 200
    assert client_of(cast.outsider).get(f"{LIST}{mine.pk}/").status_code == 404
    assert client_of(cast.outsider).get(f"{LIST}{mine.pk}/pdf/").status_code == 404


@pytest.mark.parametrize(
    ("tab", "shown"),
    [("", "open late"), ("overdue", "late"), ("paid", "paid"), ("all", "open late paid"), ("x", "open late")],
)
def test_tabs_show_the_invoices_of_their_states(cast, bill, scoped, client_of, tab, shown):
    made = {"open": bill("1"), "late": bill("2", days=3), "paid": bill("3")}
    with scoped(cast.seller):
        billing.record_payment(
            invoice=made["paid"],
            amount=Decimal(3),
            received_date=date(2026, 1, 1),
            method="CASH",
            by="test",
            now=timezone.now(),
        )

    found = numbers(client_of(cast.buyer).get(f"{LIST}?state={tab}"))

    assert found == {made[name].number for name in shown.split()}


def test_what_nobody_counts_any_more_is_not_counted(cast, bill, client_of, monkeypatch):
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)
    buyer = client_of(cast.buyer)
    for made in range(4):
        tabs = {tab["name"]: tab["count"] for tab in buyer.get(LIST).context["tabs"]}
        assert (tabs["unpaid"], tabs["all"], tabs["paid"]) == ((made, made, 0) if made < 3 else ("3+", "3+", 0))
        bill("10.00")


def test_an_invoices_page_tells_what_is_owed_what_came_and_what_was_credited(cast, bill, scoped, client_of):
    made = bill("125.00")
    now = datetime(2026, 11, 21, 15, tzinfo=UTC)
    with scoped(cast.seller):
        paid = {"amount": Decimal("50"), "received_date": date(2026, 11, 20), "method": "ACH", "reference": "ACH 4471"}
        billing.record_payment(invoice=made, **paid, by="test", now=now)
        billing.issue_credit(invoice=made, amount=Decimal("5"), reason="One jar crushed", by="test", now=now)

    text = client_of(cast.buyer).get(f"{LIST}{made.pk}/").content.decode()

    for told in (
        "$70.00",
        "of $125.00",
        "$50.00",
        "ACH 4471",
        "One jar crushed",
        "Partly paid",
        "counted from delivery",
    ):
        assert told in text, told


def test_the_paper_is_the_invoices_pdf(cast, bill, client_of):
    made = bill("125.00")

    answer = client_of(cast.buyer).get(f"{LIST}{made.pk}/pdf/")

    assert answer["Content-Type"] == "application/pdf"
    assert made.number in "".join(pages(answer.content))


def test_the_statement_sums_what_is_owed_by_age_and_tells_the_credit_left(cast, bill, client_of):
    with everyone("test"):
        TradeTerms.objects.create(seller=cast.wholesaler, buyer=cast.retailer, payment="NET_30", credit_limit=1000)
    for amount, days in (("100", None), ("20", 10), ("30", 45), ("40", 75), ("50", 200)):
        bill(amount, days=days)

    answer = client_of(cast.buyer).get(STATEMENT)
    text = answer.content.decode()

    assert [int(owed) for owed in answer.context["found"]["ages"].values()] == [100, 20, 30, 40, 50]
    assert "$240.00 owed, $140.00 of it overdue" in text
    assert "$760.00 of $1,000.00" in text
    assert [row.age for row in answer.context["rows"]] == ["90+", "61-90", "31-60", "1-30", "current"]


def test_the_statement_as_csv_has_a_line_an_invoice_and_no_formulas(cast, bill, client_of):
    with everyone("test"):
        cast.retailer.name = "=HYPERLINK()"
        cast.retailer.save()
    made = bill("100", days=10)

    lines = client_of(cast.seller).get(f"{STATEMENT}csv/").content.decode().splitlines()

    assert lines[0].startswith("invoice,order,seller,buyer")
    assert lines[1].startswith(f"{made.number},")
    assert ",'=HYPERLINK()," in lines[1]
    assert lines[1].endswith(",USD,100.00,100.00,1-30")


def test_who_owes_nothing_is_told_so(cast, client_of):
    assert "Nothing is owed" in client_of(cast.buyer).get(STATEMENT).content.decode()
    assert "No invoices yet" in client_of(cast.buyer).get(f"{LIST}?state=all").content.decode()


def test_a_list_takes_as_many_queries_however_long_it_is(cast, bill, client_of):
    client, counts = client_of(cast.buyer), []
    for more in (1, 8):
        for _ in range(more):
            bill("5", days=3)
        for path in (LIST, STATEMENT):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))

    assert counts[:2] == counts[2:]


def test_a_cursor_that_cannot_be_read_shows_the_first_page(cast, bill, client_of):
    made = bill("5")

    assert numbers(client_of(cast.buyer).get(f"{LIST}?cursor=nonsense")) == {made.number}
