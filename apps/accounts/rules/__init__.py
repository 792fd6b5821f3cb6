"""Accounts' words and decisions on plain values: sides and tiers, roles and what they may, second factors, licences."""

from .always import INVARIANTS
from .factors import SECOND_FACTORS, demands_factor, is_verified
from .licenses import ENDED, WARN_DAYS, LicenseKind, LicenseStatus, is_valid_on, local_date, warning_due
from .office import MAY, may_in_office
from .roles import EVERY, ROLES, covers, may, names_of, permissions_of, tier_of, usual_roles
from .scopes import SCOPES, scope_names
from .showing import FRESH, ShownTooLongAgo, Unconfirmed
from .sides import RANKS, Role, Side

__all__ = [
    "ENDED",
    "EVERY",
    "FRESH",
    "INVARIANTS",
    "MAY",
    "RANKS",
    "ROLES",
    "SCOPES",
    "SECOND_FACTORS",
    "WARN_DAYS",
    "LicenseKind",
    "LicenseStatus",
    "Role",
    "ShownTooLongAgo",
    "Side",
    "Unconfirmed",
    "covers",
    "demands_factor",
    "is_valid_on",
    "is_verified",
    "local_date",
    "may",
    "may_in_office",
    "names_of",
    "permissions_of",
    "scope_names",
    "tier_of",
    "usual_roles",
    "warning_due",
]
