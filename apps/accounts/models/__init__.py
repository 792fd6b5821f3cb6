"""Tables of people, organizations and places."""

from .organizations import Connection, Credential, Location, Organization
from .people import Membership, User

__all__ = ["Connection", "Credential", "Location", "Membership", "Organization", "User"]
