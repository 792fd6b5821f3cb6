"""Wallets: a message to sign, and what its signature opens. A wallet is a first factor like a password: what an account
needs beside it, it still needs."""

from datetime import datetime

from django.utils.translation import gettext as _

from apps.accounts.actions.factors import methods_of
from apps.accounts.actions.signing_in import Step, after_first_factor
from apps.accounts.models import Nonce, User, Wallet
from apps.accounts.visitors import RequestFacts
from apps.core.errors import Refused
from apps.core.scope import everyone

from . import holders, nonces
from .nonces import UnknownChain, WalletRefused, issue_nonce

__all__ = [
    "FactorNeeded",
    "UnknownChain",
    "WalletRefused",
    "WalletTaken",
    "issue_nonce",
    "link_wallet",
    "sign_in_with_wallet",
]


class WalletTaken(Refused):
    code = "wallet-taken"


class FactorNeeded(Refused):
    """A way into the account is added only by who has shown all that the account asks for."""

    code, status = "second-factor-needed", 403


def sign_in_with_wallet(
    *, message: str, signature: str, session: str = "", request_facts: RequestFacts, now: datetime
) -> Step:
    """Tokens, or the second factor to show yet. A wallet nobody has linked opens a new lender's account. Raises
    WalletRefused."""
    with everyone(nonces.WHY):
        nonce = nonces.take(message, Nonce.Purpose.SIGN_IN, session, now)
        nonces.check(nonce, signature, now)
        user = _person(nonce.address, now)
    return after_first_factor(user=user, amr=["wallet"], request_facts=request_facts, now=now)


def link_wallet(*, user: User, verified: bool, message: str, signature: str, session: str, now: datetime) -> Wallet:
    """The wallet becomes a first factor of `user`, who asked for this message in this session, `verified` if a second
    factor was shown in it. Raises WalletRefused, WalletTaken for one that is another account's, and FactorNeeded."""
    if not verified and methods_of(user):
        raise FactorNeeded(_("Sign in with your second factor to link a wallet."))
    with everyone(nonces.WHY):
        nonce = nonces.take(message, Nonce.Purpose.LINK, session, now)
        if nonce.user_id != user.pk:
            nonces.refuse(nonce, "another person asked for it")
        nonces.check(nonce, signature, now)
        linked = holders.find(nonce.address) or holders.link(user, nonce.address)
    if linked is None or linked.user_id != user.pk:
        raise WalletTaken(_("This wallet is linked to another account."))
    return linked


def _person(address: str, now: datetime) -> User:
    wallet = holders.find(address) or holders.open_lender(address) or holders.find(address)
    if not wallet.user.is_active:
        nonces.refuse(None, "the account is closed")
    Wallet.objects.filter(pk=wallet.pk).update(last_used_at=now)
    return wallet.user
