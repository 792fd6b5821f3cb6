"""Lists at 1,000,000 rows beside 10,000: inventory, the catalog's page, orders by page and API, at any depth."""

import json
import re
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import ShelfLine
from apps.core.roles import as_owner
from apps.core.scope import everyone
from apps.orders.models import Order, OrderLine
from reup.bench.bench import Bench
from tests import make

A_STORE = 2_000  # products of a company, each at all its stores
SMALL, LARGE = 10_000, 1_000_000
PRODUCTS = """
INSERT INTO catalog_product (id, organization_id, sku, upc, name, strain, strain_type, size, is_cannabis, image_url,
                             description, is_new, is_listed, created_at, updated_at)
SELECT gen_random_uuid(), %(organization)s, 'SKU-' || n, '', 'Product ' || md5(n::text), '', '', '', true, '', '',
       false, true, now(), now()
FROM generate_series(1, %(products)s) n
"""
STORES = """
INSERT INTO accounts_location (id, organization_id, name, slug, zone, license_number, is_active, created_at, updated_at)
SELECT gen_random_uuid(), %(organization)s, 'Store ' || n, 'lists-' || %(organization)s || '-' || n, 'UTC', '', true,
       now(), now()
FROM generate_series(1, %(stores)s) n
"""
LINES = """
INSERT INTO catalog_shelfline (id, organization_id, location_id, product_id, quantity, unit, packages, price,
                               potency_unit, version, changed_at, created_at, updated_at)
SELECT gen_random_uuid(), %(organization)s, place.id, product.id, 10, 'ea', 1, 12.5, '', 1, now(), now(), now()
FROM accounts_location place, catalog_product product
WHERE place.organization_id = %(organization)s AND product.organization_id = %(organization)s
"""
ENDED, OPEN = "CONFIRMED", ("PENDING", "REVIEW", "ACCEPTED", "PREPARING", "SHIPPED", "DELIVERED")
FIRST, APART = datetime(2025, 1, 1, tzinfo=UTC), timedelta(seconds=30)  # the oldest order, and from one to the next
NEW = {"id": "gen_random_uuid()", "number": "'L' || n || '-' || like_it.number"}
NEW |= dict.fromkeys(("created_at", "updated_at"), "%(first)s + n * %(apart)s")
NEW |= {"state": "CASE WHEN n %% 500 > 5 THEN %(ended)s ELSE (%(open)s::text[])[1 + n %% 500] END"}
NEW |= {"claimed_at": "now()"}  # those in review are somebody's


NEXT = re.compile(r'href="([^"]*cursor=n[^"]*)"')
PLAIN_FILES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def run(bench: Bench) -> None:
    with override_settings(STORAGES=settings.STORAGES | PLAIN_FILES):
        _run(bench)


def _run(bench: Bench) -> None:
    large = LARGE // 10 if bench.quick else LARGE
    few, many = Company(SMALL), Company(large)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        for table in ("catalog_shelfline", "catalog_product", "accounts_location", "orders_order", "orders_orderline"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    bench.same("queries a page", {"10,000": few.queries(), f"{large:,}": many.queries()})
    rounds, bench.rounds = bench.rounds, max(bench.rounds, 15)
    worst = max(_compare(bench, few, many, *what) for what in WHAT)
    bench.rounds = rounds
    bench.goal(f"a page among {large:,} rows, times one among 10,000, at any depth", worst, at_most=2, reach=1.3)


def _compare(bench: Bench, few: "Company", many: "Company", name: str, depth: float) -> float:
    """How many times longer the page takes in the large company than the first page does in the small one."""
    found = bench.case(
        name=f"{name}, {'first page' if not depth else f'{depth:.0%} down'}",
        size=f"{many.rows:,} rows",
        unit="s",
        reup=partial(_page, many, name, depth),
        peers={"first page of 10,000": partial(_page, few, name, 0)},
        share=0.1,
    )
    return 1 / found.times("first page of 10,000")


LISTS = ("inventory API", "catalog page", "orders API", "orders page", "orders page, ended")
WHAT = [(name, depth) for name in LISTS for depth in (0, 0.5, 0.99)]


def _copied(table, new: dict[str, str], source: str) -> str:
    """Rows like one that is there, but for what is new."""
    columns = [field.column for field in table._meta.concrete_fields]
    told = ", ".join(new.get(column, f"like_it.{column}") for column in columns)
    name = table._meta.db_table
    return f"INSERT INTO {name} ({', '.join(columns)}) SELECT {told} FROM (SELECT * FROM {name} WHERE {source}"


def _page(company: "Company", name: str, depth: float) -> None:
    company.get(company.addresses[name, depth])


class Company:
    """A wholesaler with so many shelf lines, and somebody of theirs signed in."""

    def __init__(self, rows: int):
        self.rows = rows
        self.organization = make.organization()
        self.person = make.user(at=self.organization, role="buyer")
        values = {"organization": self.organization.pk, "products": A_STORE, "stores": rows // A_STORE}
        with everyone("bench"), connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            for statement in (PRODUCTS, STORES, LINES):
                cursor.execute(statement, values)
            self.slug = self.organization.locations.order_by("name")[0].slug
            self.browser = Client()
            self.browser.force_login(self.person, "apps.accounts.backends.ByRole")
        self._order()
        found = (self._inventory, self._catalog, self._orders, self._order_page, partial(self._order_page, tab="ended"))
        self.addresses = {(name, depth): dict(zip(LISTS, found, strict=True))[name](depth) for name, depth in WHAT}

    def get(self, address: str):
        answer = self.browser.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
        return answer

    def queries(self) -> dict[str, int]:
        """How many each list's first page makes."""
        found = {}
        for name in LISTS:
            with CaptureQueriesContext(connection) as made:
                self.get(self.addresses[name, 0])
            found[name] = len(made)
        return found

    def _inventory(self, depth: float) -> str:
        """Ids are drawn evenly, so that a share of them lies below that share of all there can be."""
        cursor = b64encode(f"p={UUID(int=int(depth * 2**128))}".encode()).decode()
        return f"/api/v1/inventory/?cursor={cursor}" if depth else "/api/v1/inventory/"

    def _order(self) -> None:
        """So many orders of one line, as one that is made by hand; one in a hundred is still open."""
        site = make.location(organization=make.organization(side="retailer"))
        with everyone("bench"):
            line = (
                ShelfLine.objects.filter(organization=self.organization).select_related("product", "location").first()
            )
        like_it = make.order(seller=self.organization, location=site, lines=[(line, 2)], state=ENDED)
        values = {"like_it": like_it.pk, "rows": self.rows, "first": FIRST, "apart": APART}
        values |= {"ended": ENDED, "open": list(OPEN)}
        with everyone("bench"), connection.cursor() as cursor:
            cursor.execute(_copied(Order, NEW, "id = %(like_it)s) like_it, generate_series(0, %(rows)s - 2) n"), values)
            of_each = "order_id = %(like_it)s) like_it, orders_order whose WHERE whose.seller_id = like_it.seller_id"
            new = {"id": "gen_random_uuid()", "order_id": "whose.id"}
            cursor.execute(_copied(OrderLine, new, f"{of_each} AND whose.id <> %(like_it)s"), values)

    def _orders(self, depth: float) -> str:
        cursor = b64encode(urlencode({"p": self._moment(depth)}).encode()).decode()
        return f"/api/v1/orders/?cursor={quote(cursor)}" if depth else "/api/v1/orders/"

    def _order_page(self, depth: float, tab: str = "all") -> str:
        edge = json.dumps([str(self._moment(depth)), str(UUID(int=0))]).encode()
        cursor = f"&cursor=n{urlsafe_b64encode(edge).decode().rstrip('=')}" if depth else ""
        return f"/portal/orders/?state={tab}{cursor}"

    def _moment(self, depth: float) -> datetime:
        """When the order was made that lies so far down, the newest being the first."""
        return FIRST + round((1 - depth) * self.rows) * APART

    def _catalog(self, depth: float) -> str:
        address = f"/portal/catalog/?location={self.slug}&drawn=each-time"  # a word it doesn't know: nothing is kept
        with everyone("bench"):
            pages = ShelfLine.objects.filter(location__slug=self.slug).count() // 48
        for _ in range(round(depth * pages)):
            found = NEXT.search(self.get(address).content.decode())
            address = unescape(found[1]) if found else address
            address = address if address.startswith("/") else f"/portal/catalog/{address}"
        return address
