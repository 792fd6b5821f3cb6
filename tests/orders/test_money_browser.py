"""Prices, invoices and the statement in a real browser: axe on each, and nothing scrolls sideways."""

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from apps.core.scope import everyone, scope
from apps.orders.actions import billing
from apps.orders.models import Invoice, TradeTerms
from tests import make
from tests.browser import WIDTHS
from tests.orders.shipped import an_order

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in


@pytest.fixture
def trading(cast):
    """A shelf with prices by list, and invoices of every age."""
    rows = []
    for number, name in enumerate(("Night Bus (I)", "Blue Slate", "Polar Peach"), 1):
        told = {"name": name, "brand": "Halide Labs", "category": "Live resin"}
        product = make.product(organization=cast.wholesaler, **told)
        make.shelf_line(location=cast.place, product=product, quantity="96", price=f"{10 + number}.42")
        make.pack(product=product, multiple="24")
        rows += [(product, 0, f"{9 + number}.90"), (product, 96, f"{9 + number}.25")]
    make.run(location=cast.place)
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], name="Eastown 2026", rows=rows)
    now = timezone.now()
    with everyone("test"):
        TradeTerms.objects.create(seller=cast.wholesaler, buyer=cast.retailer, payment="NET_30", credit_limit=25_000)
    with scope(cast.wholesaler):
        for days in (None, -12, 10, 45, 120):
            order = an_order(cast, ("24", "11.40"), ("48", "17.50"), deliver_to="Juniper & Pine, Eastown")
            bill = billing.issue_invoice(order=order, by="owner@northlight.test", now=now)
            due = None if days is None else (now - timedelta(days=days)).date()
            Invoice.objects.filter(pk=bill.pk).update(due_date=due)
        paid = {"amount": Decimal("250.00"), "received_date": now.date(), "method": "ACH", "reference": "ACH 4471"}
        billing.record_payment(invoice=bill, **paid, by="owner@northlight.test", now=now)
        billing.issue_credit(invoice=bill, amount=Decimal("11.40"), reason="One jar crushed", by="owner", now=now)
    with everyone("test"):
        billing.mark_overdue(now=now)
    return bill


@pytest.mark.parametrize("width", WIDTHS)
def test_prices_invoices_and_the_statement_can_be_read_by_everybody(
    trading, cast, page, live_url, sign_in, accessible, width
):
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
    sign_in(page, cast.buyer)
    places = {
        "catalog": "/portal/catalog/",
        "invoices": "/portal/invoices/?state=all",
        "statement": "/portal/statement/",
    }
    for name, path in (places | {"invoice": f"/portal/invoices/{trading.pk}/"}).items():
        page.goto(live_url + path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        _keep(page, f"{name}-{width}")


def test_the_offices_invoice_can_be_read_by_everybody(trading, cast, page, live_url, sign_in, accessible):
    sign_in(page, cast.seller)
    page.goto(f"{live_url}/admin/orders/invoice/{trading.pk}/change/")
    accessible(page)
    _keep(page, "office-invoice")


def _keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
