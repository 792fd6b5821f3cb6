"""Scopes: what an API key may. A scope is a machine's role (features §6.4): a named set of permissions with a tier."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .sets import Set
from .sides import Role, Side


def _alike(name: str | Promise, tier: Role, *may: str) -> dict[str, Set]:
    one = Set(name, tier, frozenset(may))
    return dict.fromkeys(Side.values, one)


SCOPES: dict[str, dict[str, Set]] = {
    "products:read": _alike(_("Read products"), Role.VIEWER),
    "products:write": _alike(_("Decide product matches"), Role.STAFF, "catalog.review_match"),
    "inventory:read": _alike(_("Read inventory and readings"), Role.VIEWER),
    "inventory:write": _alike(_("Start readings of the stores"), Role.STAFF),
    "orders:read": _alike(_("Read orders"), Role.VIEWER),
    "orders:write": {
        Side.RETAILER: Set(
            _("Make and move orders"),
            Role.STAFF,
            frozenset({"orders.create", "orders.approve", "orders.receive", "compliance.receive"}),
        ),
        Side.WHOLESALER: Set(
            _("Make and move orders"),
            Role.STAFF,
            frozenset(
                {
                    "orders.create_for",
                    "orders.decide",
                    "orders.resolve_short",
                    "orders.fulfil",
                    "orders.ship",
                    "orders.deliver",
                    "compliance.manifest",
                    "compliance.receive",
                }
            ),
        ),
    },
    "compliance:read": _alike(_("Read reports to the state"), Role.VIEWER),
    "webhooks:manage": _alike(_("Keep webhooks"), Role.STAFF),
}


def scope_names() -> dict[str, str]:
    """Scope → what it lets a program do, as a person reads it."""
    return {scope: str(next(iter(sides.values())).name) for scope, sides in SCOPES.items()}
