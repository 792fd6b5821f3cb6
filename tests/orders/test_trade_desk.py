"""The back office of trade: price lists with rows and buyers, packs, terms, rounds; invoices moved by verbs alone."""

from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from apps.accounts.models import Connection, Membership
from apps.catalog.models import PackRule, PriceList
from apps.core.models import AuditEntry
from apps.core.scope import everyone
from apps.orders.actions import billing
from apps.orders.models import DeliveryRule, Invoice, TradeTerms
from tests import make
from tests.orders.shipped import an_order

pytestmark = pytest.mark.django_db
LISTS, PACKS = "/admin/catalog/pricelist/", "/admin/catalog/packrule/"
TERMS, ROUNDS, INVOICES = "/admin/orders/tradeterms/", "/admin/orders/deliveryrule/", "/admin/orders/invoice/"


@pytest.fixture
def office(cast, client_of):
    return client_of(cast.seller)


def below(name: str, *rows: dict) -> dict:
    """What an inline posts."""
    made = {f"{name}-TOTAL_FORMS": len(rows), f"{name}-INITIAL_FORMS": 0}
    return made | {f"{name}-{n}-{field}": value for n, row in enumerate(rows) for field, value in row.items()}


def a_list(cast, product, **values) -> dict:
    usual = {"name": "Eastown 2026", "priority": 10, "is_active": "on"}
    prices = [{"product": product.pk, "from_quantity": "0", "price": "17.50"}]
    prices += [{"product": product.pk, "from_quantity": "100", "price": "16.80"}]
    return usual | below("buyers", {"buyer": cast.retailer.pk}) | below("rows", *prices) | values


def trail(action: str) -> list[AuditEntry]:
    with everyone("test"):
        return list(AuditEntry.objects.filter(action=action))


def test_a_price_list_is_written_with_its_rows_and_buyers_and_kept_in_the_trail(cast, office):
    product = make.product(organization=cast.wholesaler, name="Night Bus")

    answer = office.post(f"{LISTS}add/", a_list(cast, product))

    assert answer.status_code == 302, answer.content.decode()[:4000]
    with everyone("test"):
        made = PriceList.objects.get()
        assert (made.organization_id, made.rows.count(), made.buyers.get().buyer) == (
            cast.wholesaler.pk,
            2,
            cast.retailer,
        )
    assert "Night Bus: 17.50" in str(trail("pricelist.pricerows_changed")[0].data)
    assert office.get(LISTS).status_code == office.get(f"{LISTS}{made.pk}/change/").status_code == 200


def test_two_lists_of_one_seller_never_have_one_priority(cast, office):
    make.price_list(seller=cast.wholesaler, priority=10)
    product = make.product(organization=cast.wholesaler)

    answer = office.post(f"{LISTS}add/", a_list(cast, product))

    assert "Another list has this priority" in answer.content.decode()


def test_another_companys_product_is_not_priced(cast, office):
    foreign = make.product(organization=cast.stranger)

    answer = office.post(f"{LISTS}add/", a_list(cast, foreign))

    assert answer.status_code == 200
    with everyone("test"):
        assert not PriceList.objects.exists()


def test_a_pack_is_written_and_taken_away(cast, office):
    product = make.product(organization=cast.wholesaler)

    assert office.post(f"{PACKS}add/", {"product": product.pk, "multiple": "24"}).status_code == 302
    again = office.post(f"{PACKS}add/", {"product": product.pk, "multiple": "12"})
    nothing = office.post(f"{PACKS}add/", {"product": make.product(organization=cast.wholesaler).pk})

    assert again.status_code == 200
    assert "Say a least quantity" in nothing.content.decode()
    with everyone("test"):
        made = PackRule.objects.get()
    assert office.post(f"{PACKS}{made.pk}/delete/", {"post": "yes"}).status_code == 302
    with everyone("test"):
        assert not PackRule.objects.exists()


def test_terms_are_written_once_a_buyer_and_tell_the_credit_used(cast, office, scoped):
    told = {"buyer": cast.retailer.pk, "payment": "NET_30", "credit_limit": "1000", "order_minimum": "100"}
    told |= {"on_short": "ASK", "hold_hours": "24", "answer_hours": "24", "cancel_hours": "24"}

    first, second = (office.post(f"{TERMS}add/", told) for _ in range(2))
    with scoped(cast.seller):
        billing.issue_invoice(order=an_order(cast, ("1", "60")), by="test", now=timezone.now())

    assert first.status_code == 302
    assert "There are terms with this buyer already" in second.content.decode()
    with everyone("test"):
        made = TradeTerms.objects.get()
    assert made.seller_id == cast.wholesaler.pk
    assert "$60.00, of which $0.00 is overdue" in office.get(f"{TERMS}{made.pk}/change/").content.decode()


def test_terms_stay_when_the_two_trade_no_more_and_say_so(cast, office):
    with everyone("test"):
        made = TradeTerms.objects.create(seller=cast.wholesaler, buyer=cast.retailer, payment="NET_30")
    assert "Juniper" in cast.retailer.name
    page = unescape(office.get(TERMS).content.decode())
    assert cast.retailer.name in page
    assert "not connected now" not in page
    with everyone("test"):
        Connection.objects.all().delete()

    for address in (TERMS, f"{TERMS}?q=juniper", f"{TERMS}{made.pk}/change/"):
        answer = office.get(address)
        assert answer.status_code == 200
        assert f"{cast.retailer.name}, not connected now" in unescape(answer.content.decode()), address
    told = {"payment": "NET_15", "order_minimum": "0", "on_short": "ASK"}
    told |= {"hold_hours": "24", "answer_hours": "24", "cancel_hours": "24"}
    assert office.post(f"{TERMS}{made.pk}/change/", told).status_code == 302
    with everyone("test"):
        made.refresh_from_db()
    assert (made.payment, made.buyer_name, str(made)) == (
        "NET_15",
        cast.retailer.name,
        f"{cast.retailer.name}: Net 15 days",
    )


def test_a_round_is_written_with_days_and_windows(cast, office):
    told = {"location": cast.place.pk, "weekdays": ["2", "4"], "windows": "08:00-10:00, 13:00-15:00"}
    told |= {"cutoff": "14:00", "lead_days": "1", "for_everyone": "on", "is_active": "on"} | below("buyers")

    bad = office.post(f"{ROUNDS}add/", told | {"windows": "8 to 10"})
    good = office.post(f"{ROUNDS}add/", told)

    assert "8 to 10 is no window; write it like 08:00-10:00." in bad.content.decode()
    assert good.status_code == 302, good.content.decode()[:3000]
    with everyone("test"):
        made = DeliveryRule.objects.get()
        assert (made.weekdays, made.windows) == ([2, 4], ["08:00-10:00", "13:00-15:00"])
        assert made.organization_id == cast.wholesaler.pk
    assert "Tue, Thu" in office.get(ROUNDS).content.decode()


def test_who_may_not_set_prices_only_looks(cast, client_of):
    listed = make.price_list(seller=cast.wholesaler)
    packer = make.user(at=cast.wholesaler, role="staff", staff=True)
    with everyone("test"):
        Membership.objects.filter(user=packer).update(roles=["warehouse"])
    client = client_of(packer)

    assert client.get(f"{LISTS}{listed.pk}/change/").status_code == 200
    assert client.get(f"{LISTS}add/").status_code == 403
    assert client.post(f"{LISTS}{listed.pk}/change/", {"name": "Mine"}).status_code == 403


@pytest.fixture
def bill(cast, scoped):
    with scoped(cast.seller):
        return billing.issue_invoice(order=an_order(cast, ("10", "12.50")), by="test", now=timezone.now())


def act(client, bill, verb, **told):
    with everyone("test"):
        balance = Invoice.objects.get(pk=bill.pk).balance
    answer = client.post(f"{INVOICES}{bill.pk}/{verb}/verb/", {"balance": str(balance)} | told, follow=True)
    return answer, answer.content.decode()


def state(bill) -> tuple:
    with everyone("test"):
        kept = Invoice.objects.get(pk=bill.pk)
        return kept.state, kept.paid, kept.credited


PAID = {"amount": "25.00", "received_date": "2026-01-05", "method": "ACH", "reference": "ACH 4471"}


def test_a_payment_is_written_down_in_the_office(office, bill):
    _answer, text = act(office, bill, "pay", **PAID)

    assert "The payment is written down on invoice" in text
    assert "ACH 4471" in text
    assert state(bill) == ("PARTIAL", Decimal(25), Decimal(0))


@pytest.mark.parametrize(
    ("verb", "told", "said"),
    [
        ("pay", PAID | {"amount": "125.01"}, "$125.01 is more than the $125.00 still owed."),
        ("pay", PAID | {"amount": "much"}, "Enter a number."),
        ("pay", PAID | {"balance": "1.00"}, "The invoice changed while you were looking."),
        ("credit", {"amount": "5", "reason": ""}, "This field is required."),
        ("write-off", {}, "Somebody has to ask for the write-off first"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_moves(office, bill, verb, told, said):
    _answer, text = act(office, bill, verb, **told)

    assert said in text
    assert state(bill) == ("OPEN", Decimal(0), Decimal(0))


def test_an_invoice_is_credited_and_written_off_by_two(cast, office, bill, client_of):
    second = client_of(make.user(at=cast.wholesaler, role="owner", staff=True))

    act(office, bill, "credit", amount="5.00", reason="One jar crushed")
    act(office, bill, "ask", reason="Closed for good")
    _answer, alone = act(office, bill, "write-off")
    _answer, done = act(second, bill, "write-off")

    assert "Another person has to agree" in alone
    assert "is written off" in done
    assert state(bill) == ("WRITTEN_OFF", Decimal(0), Decimal(5))


def test_only_finance_moves_money(cast, bill, client_of):
    desk = client_of(make.user(at=cast.wholesaler, role="staff", staff=True))

    answer, _text = act(desk, bill, "pay", **PAID)

    assert answer.status_code == 403
    assert "What to do" not in desk.get(f"{INVOICES}{bill.pk}/change/").content.decode()
    assert state(bill) == ("OPEN", Decimal(0), Decimal(0))


def test_a_buyers_office_sees_nothing_of_the_sellers_desks(cast, bill, client_of):
    listed = make.price_list(seller=cast.wholesaler, buyers=[cast.retailer])
    owner = client_of(make.user(at=cast.retailer, role="owner", staff=True))

    for path in (f"{LISTS}{listed.pk}/change/", f"{INVOICES}{bill.pk}/change/"):
        assert owner.get(path).headers.get("Location") == "/admin/"
    assert owner.post(f"{INVOICES}{bill.pk}/pay/verb/", PAID).status_code == 404
