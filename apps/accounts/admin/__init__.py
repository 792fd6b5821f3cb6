"""The back office's accounts: companies, their places, people, connections and keys."""

from .keys import CredentialAdmin
from .organizations import ConnectionAdmin, LocationAdmin, OrganizationAdmin
from .people import MembershipAdmin, UserAdmin

__all__ = [
    "ConnectionAdmin",
    "CredentialAdmin",
    "LocationAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "UserAdmin",
]
