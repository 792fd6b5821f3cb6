"""The product list, 100 nested rows of 10,000, signed in: beside the same list by DRF's ModelSerializer."""

import json
from functools import partial

from django.db import connection
from django.test import override_settings

from apps.core.roles import as_owner
from reup.bench.bench import Bench
from tests import make
from tests.bench._signed_in import SignedIn

ROWS, PAGE = 10_000, 100
OURS, PEER = f"/api/v1/products/?page_size={PAGE}", f"/api/v1/peer/products/?page_size={PAGE}"
SERIALIZER = "DRF ModelSerializer"


def run(bench: Bench) -> None:
    shop = Shop(ROWS // 10 if bench.quick else ROWS)
    with override_settings(ROOT_URLCONF="tests.bench.api.urls"):
        bench.same("products", {"reup": shop.products(OURS), SERIALIZER: shop.products(PEER)})
        bench.rounds, rounds = max(bench.rounds, 9), bench.rounds
        found = bench.case(
            name="product list, a page",
            size=f"{PAGE} of {shop.rows:,}",
            unit="s",
            reup=partial(shop.get, OURS),
            peers={SERIALIZER: partial(shop.get, PEER)},
        )
        bench.rounds = rounds
    bench.goal("a page, beside DRF's ModelSerializer", found.times(SERIALIZER), at_least=2.5, reach=6)


class Shop(SignedIn):
    """A wholesaler's products with brand, category, price ladder and pack, and a buyer signed in with both factors."""

    def __init__(self, rows: int):
        self.rows = rows
        seller, buyer = make.organization(side="wholesaler"), make.organization(side="retailer")
        make.connection(seller, buyer)
        place = make.location(organization=seller)
        brands = [make.brand(organization=seller) for _ in range(20)]
        forms = [make.category(organization=seller) for _ in range(8)]
        products = [make.product(organization=seller, brand=brands[n % 20], category=forms[n % 8]) for n in range(rows)]
        for number, product in enumerate(products):
            if number % 10 == 0:
                make.shelf_line(location=place, product=product, quantity=50)
        steps = [(product, start, str(20 - start)) for product in products for start in (1, 5, 10)]
        make.price_list(seller=seller, buyers=[buyer], rows=steps)
        for product in products[::2]:
            make.pack(product=product, multiple=2)
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum has done where rows have lain for a while
        super().__init__(make.user(at=buyer, role="buyer"))

    def products(self, address: str) -> list:
        return json.loads(self.get(address).content)["results"]
