"""Accounts' words and decisions on plain values: sides and tiers, roles and what they may, second factors, licences."""

from .always import INVARIANTS
from .factors import SECOND_FACTORS, demands_factor, is_verified
from .office import MAY, may_in_office
from .roles import EVERY, ROLES, covers, may, names_of, permissions_of, tier_of, usual_roles
from .sides import RANKS, Role, Side

__all__ = [
    "EVERY",
    "INVARIANTS",
    "MAY",
    "RANKS",
    "ROLES",
    "SECOND_FACTORS",
    "Role",
    "Side",
    "covers",
    "demands_factor",
    "is_verified",
    "may",
    "may_in_office",
    "names_of",
    "permissions_of",
    "tier_of",
    "usual_roles",
]
