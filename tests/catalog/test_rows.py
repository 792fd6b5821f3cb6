"""The product list writes its rows past the serializer; they are still what the serializer says."""

import json

import pytest
from django.utils import timezone
from rest_framework.renderers import JSONRenderer

from apps.catalog.actions.prices import any_offers
from apps.catalog.models import Product
from apps.catalog.serializers import ProductOut
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db


def test_the_lists_rows_are_what_the_serializer_says(cast, client_of):
    whole = make.product(organization=cast.wholesaler, brand="Halide", category="Flower", unit_weight="3.5")
    make.shelf_line(location=cast.place, product=whole, quantity=50)
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(whole, "5", "18.00"), (whole, "10", "16.5")])
    make.pack(product=whole, multiple=2)
    make.product(organization=cast.wholesaler)
    listed = client_of(cast.buyer).get("/api/v1/products/").json()["results"]
    with everyone("test"):
        products = list(Product.objects.select_related("brand", "category").order_by("id"))
        offers = any_offers(products=products, buyer=cast.retailer, on=timezone.now().date())
        for product in products:
            product.offer = offers[product.pk]
        said = json.loads(JSONRenderer().render(ProductOut(products, many=True).data))
    assert listed == said
    assert [list(row) for row in listed] == [list(row) for row in said]
