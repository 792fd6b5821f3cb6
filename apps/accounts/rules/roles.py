"""Roles as data: named sets of permissions (features §6.4), and one question, `may`.

They are plain values and no table: a permission means something only where code asks for it, so roles change with that
code, are read in one place, and need no query. Who holds which role is data, in `Membership.roles`.
"""

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .scopes import SCOPES
from .sets import Set
from .sides import RANKS, Role, Side

PEOPLE = frozenset({"accounts.manage_people", "accounts.manage_keys", "accounts.manage_licenses"})
BUYING = frozenset({"orders.create", "orders.approve", "orders.receive", "compliance.receive"})
SELLING = frozenset(
    {
        "orders.create_for",
        "orders.decide",
        "orders.resolve_short",
        "orders.fulfil",
        "orders.ship",
        "orders.deliver",
        "orders.ship_without_ack",
        "orders.credit_override",
        "pricing.edit",
        "finance.record",
        "catalog.review_match",
        "compliance.manifest",
        "compliance.redrive",
        "compliance.outage",
        "compliance.adjust",
        "compliance.receive",
    }
)
PERMISSIONS = {Side.WHOLESALER: SELLING | PEOPLE, Side.RETAILER: BUYING | PEOPLE | {"catalog.review_match"}}
EVERY = frozenset().union(*PERMISSIONS.values())


def _set(name: str | Promise, tier: Role, *may: str) -> Set:
    return Set(name, tier, frozenset(may))


ROLES: dict[str, dict[str, Set]] = {
    Side.WHOLESALER: {
        "admin": Set(_("Administrator"), Role.OWNER, PERMISSIONS[Side.WHOLESALER]),
        "order_desk": _set(
            _("Order desk"), Role.STAFF, "orders.decide", "orders.create_for", "orders.resolve_short", "orders.fulfil"
        ),
        "sales_rep": _set(_("Sales rep"), Role.BUYER, "orders.create_for"),
        "warehouse": _set(
            _("Warehouse"), Role.STAFF, "orders.fulfil", "orders.ship", "orders.deliver", "compliance.receive"
        ),
        "driver": _set(_("Driver"), Role.BUYER, "orders.deliver"),
        "compliance": _set(
            _("Compliance officer"),
            Role.STAFF,
            "compliance.manifest",
            "compliance.redrive",
            "compliance.outage",
            "compliance.adjust",
            "compliance.receive",
            "orders.ship_without_ack",
        ),
        "catalog": _set(_("Catalog manager"), Role.STAFF, "catalog.review_match"),
        "deals": _set(_("Deals manager"), Role.STAFF),
        "pricing": _set(_("Pricing"), Role.STAFF, "pricing.edit"),
        "finance": _set(_("Finance"), Role.STAFF, "finance.record", "orders.credit_override"),
        "investor_relations": _set(_("Investor relations"), Role.STAFF),
        "support": _set(_("Support, reads only"), Role.VIEWER),
        "auditor": _set(_("Auditor, reads only"), Role.VIEWER),
    },
    Side.RETAILER: {
        "owner": Set(_("Owner"), Role.OWNER, PERMISSIONS[Side.RETAILER]),
        "approver": _set(_("Approver"), Role.STAFF, "orders.create", "orders.approve", "catalog.review_match"),
        "buyer": _set(_("Buyer"), Role.BUYER, "orders.create"),
        "receiver": _set(_("Receiver"), Role.BUYER, "orders.receive", "compliance.receive"),
        "accountant": _set(_("Accountant"), Role.VIEWER),
        "viewer": _set(_("Viewer"), Role.VIEWER),
    },
}
# What a member of that tier does where nobody chose roles: what everybody of the tier could before there were any.
USUAL: dict[tuple[str, str], list[str]] = {
    (Side.WHOLESALER, Role.OWNER): ["admin"],
    (Side.WHOLESALER, Role.STAFF): ["order_desk", "warehouse", "compliance", "catalog", "deals", "pricing"],
    (Side.WHOLESALER, Role.BUYER): ["sales_rep"],
    (Side.WHOLESALER, Role.VIEWER): ["auditor"],
    (Side.RETAILER, Role.OWNER): ["owner"],
    (Side.RETAILER, Role.STAFF): ["approver", "buyer", "receiver"],
    (Side.RETAILER, Role.BUYER): ["buyer", "receiver"],
    (Side.RETAILER, Role.VIEWER): ["viewer"],
}


def may(permission: str, membership: Any, location: Any = None) -> bool:
    """Whether a member may, at a location (one, or its id) where one is given. `membership` has `organization`, `roles`
    and `locations` (ids; none means all); None may nothing. Raises ValueError for a permission nobody has heard of."""
    if permission not in EVERY:
        raise ValueError(f"There is no permission {permission!r}.")
    if membership is None or not covers(membership, location):
        return False
    return permission in permissions_of(membership.organization.side, membership.roles)


def covers(membership: Any, location: Any) -> bool:
    """Whether the location is one the member works for. No location given: yes."""
    if location is None or not membership.locations:
        return True
    return UUID(str(getattr(location, "pk", location))) in membership.locations


def permissions_of(side: str, roles: list[str]) -> frozenset[str]:
    """Everything these roles, or a key's scopes, may do on that side. A role the side has not is worth nothing."""
    return frozenset().union(*(each.may for each in _sets(side, roles)))


def tier_of(side: str, roles: list[str]) -> Role:
    """The highest tier of the roles, by which routes are judged; a viewer's where no role is known."""
    return max((each.tier for each in _sets(side, roles)), key=RANKS.index, default=Role.VIEWER)


def _sets(side: str, roles: list[str]) -> list[Set]:
    known = ROLES.get(side, {})
    scopes = [SCOPES[role][side] for role in roles if role in SCOPES and side in SCOPES[role]]
    return [known[role] for role in roles if role in known] + scopes


def usual_roles(side: str, tier: str) -> list[str]:
    return list(USUAL[(side, tier)])


def names_of(side: str, roles: list[str]) -> str:
    """As a person reads them: "Order desk, Warehouse"."""
    known = ROLES.get(side, {})
    return ", ".join(str(known[role].name) for role in roles if role in known)
