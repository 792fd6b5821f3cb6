"""Taxes: rates by state, day and category, charged or only stated, kept as they were, rounded once a line; no rule, no
tax."""

from datetime import timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.accounts.models import Membership
from apps.catalog.models import Category, Product
from apps.core import invariants
from apps.core.errors import Refused
from apps.core.models import AuditEntry
from apps.core.roles import as_owner
from apps.core.scope import everyone
from apps.orders import documents
from apps.orders.actions import billing
from apps.orders.models import Invoice, Order, TaxRule, TradeTerms
from apps.orders.rules import money, taxes
from apps.orders.rules.books import INVARIANTS
from tests import make
from tests.orders.test_api import API
from tests.orders.test_documents import pages

ORDERS, RULES = "/portal/orders/", "/admin/orders/taxrule/"
amounts = st.integers(0, 10**7).map(lambda n: Decimal(n).scaleb(-2))
rates = st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=4)
lines_taxed = st.lists(st.tuples(amounts, rates), min_size=1, max_size=8)


def kept(asked) -> list[dict]:
    return [
        taxes.rate(f"tax {n}", "MI", Decimal(percent).scaleb(-4), charged=is_charged)
        for n, (percent, is_charged) in enumerate(asked)
    ]


@pytest.mark.parametrize(
    ("amount", "percents", "tax"),
    [
        ("80.00", ["24"], "19.20"),
        ("0.50", ["1"], "0.00"),  # half a cent goes to the even one …
        ("1.50", ["1"], "0.02"),  # … which is up as often as down
        ("0.50", ["1", "1"], "0.01"),  # two taxes on a line are rounded together
        ("10.00", [], "0.00"),
    ],
)
def test_a_lines_tax_is_rounded_once_half_to_even(amount, percents, tax):
    found = [taxes.rate("t", "", Decimal(one), charged=True) for one in percents]
    assert taxes.charged(Decimal(amount), found) == Decimal(tax)


@settings(max_examples=10_000, deadline=None)
@given(lines_taxed)
def test_the_parts_told_by_name_add_up_to_what_is_charged(order):
    lines = [(amount, kept(asked)) for amount, asked in order]
    charged = money.total(taxes.charged(*line) for line in lines)
    told = taxes.parts(lines)

    assert sum((part.amount for part in told if part.charged), Decimal(0)) == charged
    assert all(part.amount == part.amount.quantize(money.CENT) for part in told)
    for amount, mine in lines:
        exact = amount * sum((Decimal(one["percent"]) for one in mine if one["charged"]), Decimal(0)) / 100
        assert abs(taxes.charged(amount, mine) - exact) <= Decimal("0.005")


@pytest.fixture
def excise(market) -> TaxRule:
    return make.tax_rule(organization=market.cast.wholesaler, name="Wholesale excise", percent="24", state="MI")


def taxed(order: Order) -> dict[str, str]:
    with everyone("test"):
        return {line.sku: str(line.tax) for line in order.lines.all()}


def sums(order: Order) -> tuple[str, ...]:
    return tuple(str(one) for one in (order.subtotal, order.tax, order.total))


def broken() -> list[str]:
    names = {rule.name for rule in INVARIANTS}
    return [one["name"] for one in invariants.check() if one["violations"] and one["name"] in names]


@pytest.mark.django_db
def test_no_rule_no_tax(market, client_of):
    order = market.order(("FLOWER", 4), ("GUMMIES", 10), state="SHIPPED")
    assert sums(order) == ("175.00", "0.00", "175.00")
    page = client_of(market.cast.buyer).get(f"{ORDERS}{order.number}/").content.decode()
    assert "Goods" not in page
    with everyone("test"):
        assert (Invoice.objects.get().tax, Invoice.objects.get().total) == (0, Decimal("175.00"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "tax"),
    [
        ({}, "42.00"),
        ({"state": "MI"}, "42.00"),
        ({"state": "OH"}, "0.00"),
        ({"starts_date": 1}, "0.00"),
        ({"starts_date": 0}, "42.00"),
        ({"ends_date": -1}, "0.00"),
        ({"ends_date": 0}, "42.00"),
        ({"remits": "BUYER"}, "0.00"),
        ({"category": "Flower"}, "19.20"),
    ],
)
def test_a_rule_holds_in_its_state_on_its_days_for_its_goods(market, rule, tax):
    today = market.now.astimezone().date()
    told = {name: today + timedelta(days=value) if name.endswith("date") else value for name, value in rule.items()}
    if "category" in told:
        with everyone("test"):
            told["category"] = Category.objects.create(organization=market.cast.wholesaler, name="Flower")
            Product.objects.filter(pk=market.flower.pk).update(category=told["category"])
    make.tax_rule(organization=market.cast.wholesaler, percent="24", **told)
    order = market.draft(("FLOWER", 4), ("GUMMIES", 10))

    assert (str(order.tax), order.total - order.tax) == (tax, Decimal("175.00"))


@pytest.mark.django_db
def test_another_sellers_rule_is_not_mine(market):
    make.tax_rule(organization=make.organization(side="wholesaler", name="Rival"), percent="24")
    assert market.draft(("FLOWER", 4)).tax == 0


@pytest.mark.django_db
def test_it_is_frozen_at_submit_and_follows_the_quantities_to_the_invoice_and_its_credits(market, excise, run_jobs):
    order = market.order(("FLOWER", 4), ("GUMMIES", 10))
    assert sums(order) == ("175.00", "42.00", "217.00")
    assert taxed(order) == {"FLOWER": "19.20", "GUMMIES": "22.80"}
    with everyone("test"):
        TaxRule.objects.update(percent=50)
        flower = order.lines.get(sku="FLOWER")
        assert flower.taxes == [{"name": "Wholesale excise", "state": "MI", "percent": "24", "charged": True}]

    market.do(order, "counter", reason="OTHER", text="Three.", lines=[{"id": flower.pk, "quantity": Decimal(3)}])
    with everyone("test"):
        proposal = order.proposals.get()
    assert (proposal.total_before, proposal.total) == (Decimal("217.00"), Decimal("192.20"))
    order = market.do(order, "approve")
    assert sums(order) == ("155.00", "37.20", "192.20")
    for verb in ("prepare", "ship"):
        order = market.do(order, verb)
    with everyone("test"):
        bill = Invoice.objects.get()
        assert (bill.subtotal, bill.tax, bill.total) == (Decimal("155.00"), Decimal("37.20"), Decimal("192.20"))
    assert broken() == []

    market.do(order, "deliver", lines=[{"id": flower.pk, "received": Decimal(2), "reason": "Broken."}])
    with everyone("test"):
        assert Invoice.objects.get().credited == Decimal("24.80")  # one of three, with its tax
    assert broken() == []


@pytest.mark.django_db
def test_the_last_unit_credited_takes_the_rest_of_the_tax(market):
    make.tax_rule(organization=market.cast.wholesaler, percent="7.77")
    order = market.order(("FLOWER", 3), state="SHIPPED")
    with everyone("test"):
        line, bill = order.lines.get(), Invoice.objects.get()
    with market.scoped(market.cast.seller):
        told = {"invoice": bill, "reason": "Broken.", "by": "test", "now": market.now}
        for _ in range(3):
            billing.issue_credit(lines=[(line, Decimal(1))], **told)
    with everyone("test"):
        bill.refresh_from_db()
    assert (bill.credited, bill.total) == (Decimal("64.66"), Decimal("64.66"))


@pytest.mark.django_db
def test_a_backorder_keeps_the_rates_of_its_parent(market, excise):
    order = market.order(("FLOWER", 6), ("GUMMIES", 10), on_short="SHIP_AVAILABLE")
    with everyone("test"):
        TaxRule.objects.all().delete()
        flower = order.lines.get(sku="FLOWER")
    market.do(order, "accept", lines=[{"id": flower.pk, "accepted": Decimal(4)}], remainder="backorder")
    with everyone("test"):
        child = Order.objects.get(backorder_of=order)
    assert sums(child) == ("40.00", "9.60", "49.60")
    assert broken() == []


@pytest.mark.django_db
def test_a_tax_that_came_meanwhile_is_accepted_before_the_order_is_submitted(market, client_of):
    draft = market.draft(("FLOWER", 4))
    make.tax_rule(organization=market.cast.wholesaler, name="Wholesale excise", percent="24")
    buyer = client_of(market.cast.buyer)
    page = buyer.get(f"{ORDERS}{draft.number}/").content.decode()
    assert "The taxes changed" in page
    assert "Taxes changed since you added them. Accept the new ones first." in page
    with pytest.raises(Refused, match="Taxes changed since you looked, on: Blue Dream 3.5g") as refused:
        market.do(draft, "submit")
    assert refused.value.code == "price-changed"

    buyer.post(f"{ORDERS}{draft.number}/edit/", {"version": draft.version, "accept": "prices"})
    taken = market.fresh(draft)
    assert sums(taken) == ("80.00", "19.20", "99.20")
    page = buyer.get(f"{ORDERS}{draft.number}/submit/").content.decode()
    assert "Wholesale excise, 24%" in page
    assert "$99.20" in page
    assert market.do(taken, "submit").state == "PENDING"


@pytest.mark.django_db
def test_both_sides_see_it_on_pages_papers_and_by_api(market, excise, client_of):
    make.tax_rule(organization=market.cast.wholesaler, name="Retail excise", percent="10", remits="BUYER")
    order = market.order(("FLOWER", 4), ("GUMMIES", 10), state="SHIPPED")
    for who in (market.cast.buyer, market.cast.seller):
        client = client_of(who)
        page = client.get(f"{ORDERS}{order.number}/").content.decode()
        for words in (
            "Goods",
            "$175.00",
            "Wholesale excise, 24%",
            "$42.00",
            "$217.00",
            "the buyer remits it",
            "$17.50",
        ):
            assert words in page, words
        read = client.get(f"{API}{order.number}/").json()
        assert (read["subtotal"], read["tax"], read["total"]) == ("175.00", "42.00", "217.00")
        flower = read["lines"][0]
        assert (flower["price"], flower["total"], flower["tax"]) == ("20.00", "80.00", "19.20")
        assert flower["taxes"] == [
            {"name": "Retail excise", "state": "", "percent": "10", "charged": False},
            {"name": "Wholesale excise", "state": "MI", "percent": "24", "charged": True},
        ]
        with market.scoped(who):
            for kind in ("confirmation", "invoice"):
                paper = " ".join(pages(documents.render(kind, Order.objects.get(pk=order.pk))))
                for words in (
                    "Wholesale excise, 24%",
                    "$42.00",
                    "$217.00",
                    "Not charged here: Retail excise, 10%, $17.50",
                ):
                    assert words in paper, (kind, words)
        with everyone("test"):
            bill = Invoice.objects.get()
        page = client.get(f"/portal/invoices/{bill.pk}/").content.decode()
        assert "Wholesale excise, 24%" in page


@pytest.mark.django_db
def test_a_proposal_tells_goods_and_tax_as_they_were_and_would_be(market, excise, client_of):
    order = market.order(("FLOWER", 4))
    with everyone("test"):
        flower = order.lines.get()
    market.do(order, "counter", reason="OTHER", text="Three.", lines=[{"id": flower.pk, "quantity": Decimal(3)}])
    page = client_of(market.cast.buyer).get(f"{ORDERS}{order.number}/").content.decode()
    for words in ("Wholesale excise, 24%", "$19.20", "$14.40", "$99.20", "$74.40", "The order costs $24.80 less."):
        assert words in page, words


@pytest.mark.django_db
def test_the_order_minimum_is_of_the_goods(market, excise):
    with everyone("test"):
        TradeTerms.objects.create(seller=market.cast.wholesaler, buyer=market.cast.retailer, order_minimum=90)
    with pytest.raises(Refused, match=r"Add \$10.00 more"):
        market.do(market.draft(("FLOWER", 4)), "submit")  # 80 of goods, 99.20 with tax


@pytest.mark.django_db
def test_tax_and_goods_together_use_the_credit(market, excise):
    with everyone("test"):
        told = {"payment": "NET_30", "credit_limit": 90}
        TradeTerms.objects.create(seller=market.cast.wholesaler, buyer=market.cast.retailer, **told)
    with pytest.raises(Refused, match=r"\$9.20 above your available credit"):
        market.do(market.draft(("FLOWER", 4)), "submit")


@pytest.mark.django_db
def test_who_may_set_prices_writes_rules_kept_in_the_trail_and_others_only_look(market, client_of):
    told = {"name": "Wholesale excise", "state": "MI", "percent": "24", "remits": "SELLER", "starts_date": "2026-01-01"}
    office = client_of(market.cast.seller)
    assert office.post(f"{RULES}add/", told | {"percent": "101"}).status_code == 200
    assert office.post(f"{RULES}add/", told | {"state": "Mich"}).status_code == 200
    assert office.post(f"{RULES}add/", told | {"ends_date": "2025-01-01"}).status_code == 200
    answer = office.post(f"{RULES}add/", told)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    with everyone("test"):
        rule = TaxRule.objects.get()
        assert rule.organization_id == market.cast.wholesaler.pk
        assert AuditEntry.objects.filter(action__startswith="taxrule").exists()
        Membership.objects.filter(user=market.cast.seller).update(role="staff", roles=["warehouse"])
    assert office.get(f"{RULES}{rule.pk}/change/").status_code == 200
    assert office.post(f"{RULES}{rule.pk}/change/", told | {"percent": "1"}).status_code == 403


@pytest.mark.django_db
def test_orders_of_before_are_told_their_state(market):
    order = market.order(("FLOWER", 4))
    with everyone("test"):
        Order.objects.update(deliver_state="")
    with as_owner(), connection.cursor() as cursor:
        for operation in import_module("apps.orders.migrations.0009_fill_states").Migration.operations:
            for statement in operation.sql:
                cursor.execute(statement)
    assert market.fresh(order).deliver_state == "MI"
