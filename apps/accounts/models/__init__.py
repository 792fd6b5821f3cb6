"""Tables of people, how they sign in, organizations and places."""

from .api_keys import ApiKey
from .budgets import Budget
from .credentials import Credential
from .devices import TrustedDevice
from .factors import Authenticator, RecoveryCode, RecoverySheet
from .invitations import Invitation
from .licenses import License, LicenseWarning
from .organizations import Connection, Location, Organization
from .passkeys import Challenge, Passkey
from .people import Membership, User
from .sessions import Pending, Session
from .told import Notification, Told
from .wallets import Lender, Nonce, Wallet

__all__ = [
    "ApiKey",
    "Authenticator",
    "Budget",
    "Challenge",
    "Connection",
    "Credential",
    "Invitation",
    "Lender",
    "License",
    "LicenseWarning",
    "Location",
    "Membership",
    "Nonce",
    "Notification",
    "Organization",
    "Passkey",
    "Pending",
    "RecoveryCode",
    "RecoverySheet",
    "Session",
    "Told",
    "TrustedDevice",
    "User",
    "Wallet",
]
