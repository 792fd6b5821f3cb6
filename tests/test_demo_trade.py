"""The demo's trade: what is agreed at once, what is priced once the shelf is filled, and that both happen once."""

from datetime import date
from decimal import Decimal

import pytest

from apps.accounts.models import Location, Organization
from apps.catalog.actions.prices import offers
from apps.catalog.models import Product
from apps.core.scope import everyone
from apps.orders.models import DeliveryRule
from reup import demo_trade
from reup.management.commands import demo
from tests import make

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)


def test_the_demo_agrees_on_terms_and_days_once():
    first, second = demo.fill(), demo.fill()

    assert (first["terms"], first["rounds"]) == (1, 2)
    assert (second["terms"], second["rounds"]) == (0, 0)
    with everyone("test"):
        for row in DeliveryRule.objects.all():
            row.full_clean()


def test_the_demo_prices_what_lies_on_the_shelf_once():
    demo.fill()
    with everyone("test"):
        site = Location.objects.select_related("organization").get(slug="northlight-holland")
        buyer = Organization.objects.get(name=demo.JUNIPER)
        empty = demo_trade.price(site=site, buyer=buyer, today=TODAY)
        for number in range(1, 4):
            product = make.product(organization=site.organization, name=f"Product {number}")
            make.shelf_line(location=site, product=product, price="10.00")
        made = [demo_trade.price(site=site, buyer=buyer, today=TODAY) for _ in range(2)]
        products = Product.objects.filter(organization=site.organization).order_by("name")
        told = list(offers(seller=site.organization, buyer=buyer, products=products, on=TODAY).values())

    assert (empty, made) == (0, [3 * 2 + 1 + 3, 0])
    prices = {offer.product: offer.first.unit_price for offer in told}
    assert prices == {"Product 1": Decimal("8.80"), "Product 2": Decimal("9.50"), "Product 3": Decimal("9.50")}
    assert [offer.list_name for offer in told][:2] == ["Holiday week", f"Eastown {TODAY.year}"]
