"""Who and where a new order is between: rows the caller may name. One that may not be named is one that isn't there."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from apps.accounts.models import Connection, Location, Organization
from apps.core.scope import everyone


def parties(organization: Organization, asked: dict[str, Any]) -> dict[str, Any]:
    """`seller`, `buyer`, `location` and perhaps `ships_from` as rows. Raises ValidationError naming the field."""
    seller, buyer = _for_a_retailer(organization, asked) if organization.sells else _as_retailer(organization, asked)
    found = {"seller": seller, "buyer": buyer, "location": _place(buyer, asked, "location")}
    if "ships_from" in asked:
        found["ships_from"] = _place(seller, asked, "ships_from")
    return found


def _as_retailer(organization: Organization, asked: dict) -> tuple[Organization, Organization]:
    if asked.get("buyer", organization.pk) != organization.pk:
        raise _nobody("buyer")
    partner = Connection.objects.filter(retailer=organization, wholesaler=asked["seller"])
    return _partner(partner, "wholesaler", "seller"), organization


def _for_a_retailer(organization: Organization, asked: dict) -> tuple[Organization, Organization]:
    if asked["seller"] != organization.pk:
        raise _nobody("seller")
    partner = Connection.objects.filter(wholesaler=organization, retailer=asked.get("buyer"))
    return organization, _partner(partner, "retailer", "buyer")


def _partner(connection, side: str, field: str) -> Organization:
    found = connection.select_related(side).first()
    if found is None:
        raise _nobody(field)
    return getattr(found, side)


def _place(owner: Organization, asked: dict, field: str) -> Location:
    """A partner's places cannot all be read, but the one an order goes to may be named."""
    with everyone("an order names a place of its partner"):
        place = Location.objects.filter(pk=asked[field], organization=owner, is_active=True).first()
    if place is None:
        raise ValidationError({field: [_("There is no such place.")]})
    return place


def _nobody(field: str) -> ValidationError:
    return ValidationError({field: [_("You trade with nobody of this id.")]})
