"""Tables of people, organizations and places."""

from .credentials import Credential
from .organizations import Connection, Location, Organization
from .people import Membership, User

__all__ = ["Connection", "Credential", "Location", "Membership", "Organization", "User"]
