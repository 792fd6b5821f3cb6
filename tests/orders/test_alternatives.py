"""A rejected order tells what there is instead: of the same categories, from the same place, in stock."""

import pytest

from apps.accounts.models import Connection
from apps.catalog.models import Category, Product
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"


@pytest.fixture
def shelf(market):
    seller, place = market.cast.wholesaler, market.cast.place
    with everyone("test"):
        flower = Category.objects.create(organization=seller, name="Flower")
        Product.objects.filter(pk=market.flower.pk).update(category=flower)
    for name, quantity, kind in [("Night Bus", 5, "Flower"), ("Sold out", 0, "Flower"), ("Cola", 9, "Drinks")]:
        product = make.product(organization=seller, name=name, sku=name.upper().replace(" ", "-"), category=kind)
        make.stock(location=place, product=product, quantity=quantity, price="10.00", lab_status="Passed")
    elsewhere = make.location(organization=seller, name="Elsewhere")
    far = make.product(organization=seller, name="Far away", sku="FAR", category="Flower")
    make.stock(location=elsewhere, product=far, quantity=9, price="10.00", lab_status="Passed")


def test_what_is_in_stock_of_the_same_kind_is_offered_to_the_retailer(market, shelf, client_of):
    order = market.order(("FLOWER", 4))
    buyer, page = client_of(market.cast.buyer), f"{ORDERS}{order.number}/"
    assert "In stock instead" not in buyer.get(page).content.decode()
    market.do(order, "reject", reason="OUT_OF_STOCK", text="Recalled.")

    told = buyer.get(page).content.decode()
    instead = told[told.index("In stock instead") : told.index("</section>", told.index("In stock instead"))]
    assert "Night Bus" in instead
    for name in ("Sold out", "Cola", "Far away", "Blue Dream"):
        assert name not in instead
    assert "In stock instead" not in client_of(market.cast.seller).get(page).content.decode()
    with everyone("test"):
        Connection.objects.all().delete()
    assert "In stock instead" not in buyer.get(page).content.decode()
