"""All that decides what a buyer pays for some products on a day, read in one statement however many they are."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.db import connection

# Lists in force are those `holds_on` finds (models/prices.py). Numbers travel as text, so that their digits stay.
READ = """
WITH list AS MATERIALIZED (
    SELECT list.id, list.name, list.priority
    FROM catalog_pricelist list JOIN catalog_pricelistbuyer named ON named.price_list_id = list.id
    WHERE named.buyer_id = %(buyer)s AND list.is_active
      AND (list.starts_date IS NULL OR list.starts_date <= %(on)s)
      AND (list.ends_date IS NULL OR list.ends_date >= %(on)s)
), most AS (
    SELECT DISTINCT ON (line.product_id) line.product_id, line.price, line.unit
    FROM catalog_shelfline line JOIN accounts_location place ON place.id = line.location_id
    WHERE line.product_id = ANY(%(shelves)s::uuid[]) AND place.is_active
      AND (%(place)s::uuid IS NULL OR line.location_id = %(place)s::uuid)
    ORDER BY line.product_id, line.quantity DESC, line.id
)
SELECT json_build_array(
    (SELECT coalesce(json_agg(json_build_array(product_id, price::text, unit)), '[]') FROM most),
    (SELECT coalesce(json_agg(json_build_array(product_id, steps)), '[]') FROM (
        SELECT step.product_id, json_agg(
            json_build_array(list.name, list.priority, step.from_quantity::text, step.price::text)
            ORDER BY list.priority, step.from_quantity) AS steps
        FROM catalog_pricerow step JOIN list ON list.id = step.price_list_id
        WHERE step.product_id = ANY(%(products)s::uuid[])
        GROUP BY step.product_id) priced),
    (SELECT coalesce(json_agg(
        json_build_array(pack.product_id, pack.minimum::text, pack.multiple::text)
        ORDER BY list.priority NULLS LAST), '[]')
     FROM catalog_packrule pack LEFT JOIN list ON list.id = pack.price_list_id
     WHERE pack.product_id = ANY(%(products)s::uuid[]) AND (pack.price_list_id IS NULL OR list.id IS NOT NULL))
)::text
"""


OnShelf = tuple[UUID, Decimal | None, str]  # product, price (None where nobody has set one), unit
Step = tuple[str, int, Decimal, Decimal]  # list, priority, from which quantity, price
Packed = tuple[UUID, Decimal | None, Decimal | None]  # product, minimum, multiple


class Pricing(NamedTuple):
    """`shelves`: one a product, of the shelf that has most of it; `steps` of the buyer's lists in force, a product's by
    priority and quantity; `packs` of those lists by priority, what is for everybody last."""

    shelves: list[OnShelf]
    steps: list[tuple[UUID, list[Step]]]
    packs: list[Packed]


_decode = msgspec.json.Decoder(Pricing).decode


def pricing(*, products: Iterable[UUID], shelves: Iterable[UUID], place: UUID | None, buyer: UUID, on: date) -> Pricing:
    """Of `products`; the shelf's price is asked for `shelves` alone, at `place` where one is named."""
    values = {"products": list(products), "shelves": list(shelves), "place": place, "buyer": buyer, "on": on}
    with connection.cursor() as cursor:
        cursor.execute(READ, values)
        return _decode(cursor.fetchone()[0])
