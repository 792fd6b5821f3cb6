"""The product list's rows as plain values, straight to JSON: a serializer for each of a hundred rows, and of what nests
in them, would take most of the request. What they look like is `ProductOut`'s to say; a test holds the two together."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpResponse

from apps.catalog.prices import Offer

OWN = (
    "id",
    "organization_id",
    "sku",
    "upc",
    "name",
    "brand__name",
    "category__name",
    "strain",
    "strain_type",
    "size",
    "unit_weight",
    "is_cannabis",
    "is_listed",
    "image_url",
    "description",
    "created_at",
    "updated_at",
)
ALIKE = OWN[7:-2]  # named alike in the table and in the list
encode = msgspec.json.Encoder(decimal_format="string", uuid_format="canonical").encode


class Priceable(NamedTuple):
    """As much of a product as its price asks for."""

    pk: UUID
    organization_id: UUID
    name: str


def priceable(rows: Iterable[dict]) -> list[Priceable]:
    return [Priceable(row["id"], row["organization_id"], row["name"]) for row in rows]


def shown(row: dict, offer: Offer) -> dict:
    """A row of `OWN` with the offer, its fields in ProductOut's order."""
    return {
        "id": row["id"],
        "organization": row["organization_id"],
        "sku": row["sku"],
        "upc": row["upc"],
        "name": row["name"],
        "brand": row["brand__name"] or "",
        "category": row["category__name"] or "",
        **{name: row[name] for name in ALIKE},
        "price": offer.first_price,
        "currency": settings.CURRENCY,
        "ladder": [{"from_quantity": step.from_quantity, "price": step.price} for step in offer.ladder],
        "pack": {"minimum": offer.minimum, "multiple": offer.multiple},
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def page(rows: list[dict], next_link: str | None) -> HttpResponse:
    return HttpResponse(encode({"results": rows, "next": next_link}), content_type="application/json")
