"""What the catalog's page of one place stands on, read in one statement: the place, how far it may be trusted, and a
seal of all rows that the page shows.

The seal is made of the rows' own versions (xmin and ctid, which PostgreSQL changes with every write, whoever writes and
by what path) and read under row-level security: a row that is written, comes, goes, or is seen no more, changes it.
"""

from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from apps.accounts.models import Location
from apps.accounts.rules import Side
from apps.core.planned import planned

from .standing import with_runs


def _version(*tables: str) -> str:
    """One number of the versions of joined rows, of which the first table's is there once."""
    columns = [f"{table}.{column}" for table in tables for column in ("xmin", "ctid")]
    return f"hash_record_extended(({tables[0]}.id, {', '.join(columns)}), 0)"


def _all(*tables: str) -> str:
    """The same of all rows together, in any order."""
    return f"bit_xor({_version(*tables)})"


READ = f"""
WITH place AS MATERIALIZED ({{places}}),
shown AS MATERIALIZED (
    SELECT * FROM place WHERE %s IN ('', slug) ORDER BY company, name LIMIT 1
), home AS MATERIALIZED (
    SELECT zone, {_version("home")} AS mark FROM accounts_location home
    WHERE organization_id = %s ORDER BY created_at LIMIT 1
), list AS MATERIALIZED (
    SELECT list.id, {_version("list", "named")} AS mark
    FROM catalog_pricelistbuyer named JOIN catalog_pricelist list ON list.id = named.price_list_id
    WHERE named.buyer_id = %s AND list.organization_id = (SELECT organization_id FROM shown)
)
SELECT shown.id, shown.organization_id, shown.good_at, shown.newest_state,
    (SELECT seq FROM core_streamtopic WHERE topic = 'inventory.' || shown.id), (SELECT zone FROM home),
    (SELECT count(*) FROM accounts_notification WHERE user_id = %s AND channel = 'in_app' AND read_at IS NULL),
    ARRAY[
        (SELECT hashtextextended(string_agg(concat_ws(E'\\x1f', id, slug, name, organization_id, company), E'\\x1e'
            ORDER BY id), 0) FROM place),
        (SELECT mark FROM home),
        (SELECT {_all("line", "product")} FROM catalog_shelfline line
         JOIN catalog_product product ON product.id = line.product_id WHERE line.location_id = shown.id),
        (SELECT {_all("brand")} FROM catalog_brand brand WHERE organization_id = shown.organization_id),
        (SELECT {_all("kind")} FROM catalog_category kind WHERE organization_id = shown.organization_id),
        (SELECT {_all("item")} FROM catalog_stockitem item WHERE location_id = shown.id AND gone_at IS NULL),
        (SELECT bit_xor(mark) FROM list),
        (SELECT {_all("step")} FROM catalog_pricerow step WHERE price_list_id IN (SELECT id FROM list)),
        (SELECT {_all("pack")} FROM catalog_packrule pack
         WHERE organization_id = shown.organization_id
           AND (price_list_id IS NULL OR price_list_id IN (SELECT id FROM list)))
    ]
FROM (SELECT) nothing LEFT JOIN shown ON true
"""  # noqa: S608  (names of ours alone)


class Seen(NamedTuple):
    """The place shown; `id` and what else there is of it are None where there is none.

    `zone` is that of the reader's own place, `unread` how much the reader was told and has not read.
    """

    id: UUID | None
    organization_id: UUID | None
    good_at: datetime | None
    newest_state: str | None
    seq: int | None
    zone: str | None
    unread: int
    seal: list[int | None]

    @property
    def place(self) -> Location | None:
        """As much of it as its keys, and what `standing` asks for."""
        if self.id is None:
            return None
        place = Location(pk=self.id, organization_id=self.organization_id)
        place.good_at, place.newest_state = self.good_at, self.newest_state
        return place


def selling_places():
    """Wholesalers' locations this scope may see, by company."""
    places = Location.objects.filter(is_active=True, organization__side=Side.WHOLESALER)
    return with_runs(places).select_related("organization").order_by("organization__name", "name")


def seen(*, slug: str, organization: UUID | None, user: UUID) -> Seen:
    """Of the place with the slug; "" is the first one."""
    places, values = _places()
    (row,) = planned(READ.format(places=places), [*values, slug, organization, organization, user])
    return Seen(*row)


@cache
def _places() -> tuple[str, tuple]:
    """The same places as a query to be part of another."""
    named = selling_places().annotate(company=F("organization__name"))
    columns = ("id", "slug", "name", "organization_id", "company", "good_at", "newest_state")
    return named.values(*columns).query.sql_with_params()
