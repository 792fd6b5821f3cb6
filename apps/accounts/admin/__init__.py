"""The back office's accounts: companies, their places, licences, people, connections and keys."""

from .keys import CredentialAdmin
from .organizations import ConnectionAdmin, LocationAdmin, OrganizationAdmin
from .people import MembershipAdmin, UserAdmin
from .registry import ApiKeyAdmin, InvitationAdmin, LicenseAdmin

__all__ = [
    "ApiKeyAdmin",
    "ConnectionAdmin",
    "CredentialAdmin",
    "InvitationAdmin",
    "LicenseAdmin",
    "LocationAdmin",
    "MembershipAdmin",
    "OrganizationAdmin",
    "UserAdmin",
]
