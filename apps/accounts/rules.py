"""Sides, roles and what a role may do, on plain values."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from apps.core.invariants import Invariant


class Side(TextChoices):
    WHOLESALER = "wholesaler", _("Wholesaler")
    RETAILER = "retailer", _("Retailer")


class Role(TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")
    BUYER = "buyer", _("Buyer")
    VIEWER = "viewer", _("Viewer")


READ = frozenset({"view"})
WRITE = READ | {"add", "change"}

# role → model label → what it may do in the back office; "*" stands for any model of the app
MAY: dict[str, dict[str, frozenset[str]]] = {
    Role.OWNER: {
        "accounts.organization": READ | {"change"},
        "accounts.location": WRITE,
        "accounts.membership": WRITE | {"delete"},
        "accounts.connection": WRITE | {"delete"},
        "accounts.user": READ,
        "accounts.credential": WRITE | {"delete"},
        "catalog.*": WRITE,
        "core.*": READ,
        "core.syncrun": READ | {"release"},
    },
    Role.STAFF: {
        "accounts.organization": READ,
        "accounts.location": READ,
        "accounts.membership": READ,
        "accounts.connection": READ,
        "accounts.user": READ,
        "catalog.*": WRITE,
        "core.*": READ,
    },
}


def may(role: str | None, permission: str) -> bool:
    """`permission` as Django names it: `catalog.change_product`. No role, no rights."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    rights = MAY.get(role or "", {})
    return verb in rights.get(f"{app}.{model}", rights.get(f"{app}.*", frozenset()))


SECOND_FACTORS = frozenset({"otp", "recovery", "passkey"})  # as `amr` of a session names them


def is_verified(amr: list[str]) -> bool:
    """A second factor was shown."""
    return bool(SECOND_FACTORS.intersection(amr))


def demands_factor(roles: list[tuple[str, str]], *, is_staff: bool, is_superuser: bool) -> bool:
    """Whether somebody may sign in with two factors only; `roles` are (role, side of the organization)."""
    if is_staff or is_superuser:
        return True
    return any(role == Role.OWNER or (role == Role.STAFF and side == Side.WHOLESALER) for role, side in roles)


INVARIANTS = [
    Invariant(
        name="a connection joins a wholesaler with a retailer",
        rows="SELECT count(*) FROM accounts_connection",
        broken="SELECT c.id FROM accounts_connection c JOIN accounts_organization w ON w.id = c.wholesaler_id"
        " JOIN accounts_organization r ON r.id = c.retailer_id WHERE w.side <> 'wholesaler' OR r.side <> 'retailer'",
    ),
]
