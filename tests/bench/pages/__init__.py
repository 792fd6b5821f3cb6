"""The catalog's page of 48 products, kept, signed in: beside the same page drawn by Django's templates each time."""

import re
from functools import partial
from statistics import median

from django.conf import settings
from django.db import connection
from django.test import override_settings

from apps.core.roles import as_owner
from reup.bench.bench import Bench
from tests import make
from tests.bench._signed_in import SignedIn
from tests.bench.lists import PLAIN_FILES

from .urls import seconds

SHELF, QUICK = 400, 200
OURS, PEER = "/portal/catalog/", "/portal/catalog/peer/"
DRAWN = "Django template, each time"
EACH_TIME = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"|data-now="[^"]+"|<span data-age>[^<]+<')


def run(bench: Bench) -> None:
    with override_settings(ROOT_URLCONF="tests.bench.pages.urls", STORAGES=settings.STORAGES | PLAIN_FILES):
        shop = Shop(QUICK if bench.quick else SHELF)
        bench.same("pages", {"reup, drawn": shop.page(OURS), "reup, kept": shop.page(OURS), DRAWN: shop.page(PEER)})
        bench.rounds = max(bench.rounds, 15)
        inside = bench.case(
            name="catalog page, inside the handler",
            size=f"48 of {shop.rows:,}",
            unit="s",
            reup=partial(shop.inside, OURS),
            peers={DRAWN: partial(shop.inside, PEER)},
            itself=True,
            share=0.4,
        )
        bench.case(
            name="catalog page, signing in and all other middleware included",
            size=f"48 of {shop.rows:,}",
            unit="s",
            reup=partial(shop.get, OURS),
            peers={DRAWN: partial(shop.get, PEER)},
            share=0.4,
        )
        bench.case(
            name="catalog page, inside the handler, after a change of stock",
            size=f"48 of {shop.rows:,}",
            unit="s",
            reup=partial(shop.inside_changed, OURS),
            peers={DRAWN: partial(shop.inside_changed, PEER)},
            itself=True,
        )
    bench.goal("a kept page inside the handler, beside one drawn", inside.times(DRAWN), at_least=15, reach=25)


class Shop(SignedIn):
    """A wholesaler's shelf with brands, kinds, batches, price ladders and packs, and a buyer signed in."""

    def __init__(self, rows: int):
        self.rows = rows
        seller, buyer = make.organization(side="wholesaler"), make.organization(side="retailer")
        make.connection(seller, buyer)
        site = make.location(organization=buyer)
        self.place = make.location(organization=seller)
        make.run(location=self.place)
        brands = [make.brand(organization=seller) for _ in range(20)]
        forms = [make.category(organization=seller) for _ in range(8)]
        products = [make.product(organization=seller, brand=brands[n % 20], category=forms[n % 8]) for n in range(rows)]
        lines = [make.shelf_line(location=self.place, product=product, quantity=50) for product in products]
        steps = [(product, start, str(20 - start)) for product in products for start in (1, 5, 10)]
        make.price_list(seller=seller, buyers=[buyer], rows=steps)
        for product in products[::2]:
            make.pack(product=product, multiple=2)
        make.order(seller=seller, location=site, lines=[(line, 6) for line in lines[:3]], state="DRAFT")
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as autovacuum has done where rows have lain for a while
        self.line = lines[0]
        super().__init__(make.user(at=buyer, role="buyer"))

    def inside(self, address: str, times: int = 5) -> float:
        """How long the handler itself took: the median of several in a row, for a server is at work all the time."""
        for _ in range(times):
            self.get(address)
        return median(seconds[-times:])

    def inside_changed(self, address: str) -> float:
        self.line.quantity += 1
        with self.everyone():
            self.line.save()
        return self.inside(address, times=1)

    def page(self, address: str) -> str:
        """Without what is each request's own."""
        return EACH_TIME.sub("", self.get(address).content.decode()).replace(PEER, OURS)
