"""Tables of people, how they sign in, organizations and places."""

from .budgets import Budget
from .credentials import Credential
from .factors import Authenticator, RecoveryCode, RecoverySheet
from .organizations import Connection, Location, Organization
from .people import Membership, User
from .sessions import Pending, Session
from .wallets import Lender, Nonce, Wallet

__all__ = [
    "Authenticator",
    "Budget",
    "Connection",
    "Credential",
    "Lender",
    "Location",
    "Membership",
    "Nonce",
    "Organization",
    "Pending",
    "RecoveryCode",
    "RecoverySheet",
    "Session",
    "User",
    "Wallet",
]
