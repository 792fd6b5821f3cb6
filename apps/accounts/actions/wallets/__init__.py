"""Wallets: a message to sign, and what its signature opens. A wallet is a first factor like a password: what an account
needs beside it, it still needs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.actions import notices
from apps.accounts.actions.factors import methods_of
from apps.accounts.actions.signing_in import Step, after_first_factor
from apps.accounts.models import Nonce, User, Wallet
from apps.accounts.visitors import RequestFacts
from apps.core import audit
from apps.core.errors import Refused
from apps.core.scope import everyone, scope

from . import holders, nonces
from .contracts import NodeAway
from .nonces import UnknownChain, WalletRefused, issue_nonce

__all__ = [
    "FactorNeeded",
    "NodeAway",
    "OnlyWay",
    "UnknownChain",
    "WalletRefused",
    "WalletTaken",
    "is_only_way",
    "issue_nonce",
    "link_wallet",
    "sign_in_with_wallet",
    "unlink",
    "who_signed",
]


class WalletTaken(Refused):
    code = "wallet-taken"


class OnlyWay(Refused):
    code = "only-way-in"


class FactorNeeded(Refused):
    """A way into the account is added only by who has shown all that the account asks for."""

    code, status = "second-factor-needed", 403


def sign_in_with_wallet(
    *, message: str, signature: str, session: str = "", request_facts: RequestFacts, now: datetime
) -> Step:
    """Tokens, or the second factor to show yet. Raises as `who_signed`."""
    user = who_signed(message=message, signature=signature, session=session, now=now)
    return after_first_factor(user=user, amr=["wallet"], request_facts=request_facts, now=now)


def who_signed(*, message: str, signature: str, session: str = "", now: datetime) -> User:
    """The person whose wallet signed a message of ours: a first factor shown. A wallet nobody has linked opens a new
    lender's account. Raises WalletRefused, and NodeAway where a contract had to be asked."""
    with everyone(nonces.WHY):
        nonce = nonces.take(message, Nonce.Purpose.SIGN_IN, session, now)
        nonces.check(nonce, signature, now)
        return _person(nonce.address, now)


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


def is_only_way(user: User) -> bool:
    """Whether the account can't be entered without its one wallet."""
    with scope(user=user.pk):
        return not user.has_usable_password() and Wallet.objects.filter(user=user).count() <= 1


@transaction.atomic
def unlink(user: User, wallet: Wallet, *, now: datetime) -> None:
    """The wallet opens the account no more; it may be linked again, by anybody it belongs to. Raises OnlyWay."""
    with scope(user=user.pk):
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if is_only_way(user):
            raise OnlyWay(_("This wallet is the only way into the account. Link another one first."))
        audit.record(user, "wallet.unlinked", wallet, address=wallet.address)
        Wallet.objects.filter(user=user, pk=wallet.pk).delete()
        notices.tell(user, "wallet_unlinked", at=now, address=wallet.address)


def _person(address: str, now: datetime) -> User:
    wallet = holders.find(address) or holders.open_lender(address) or holders.find(address)
    if not wallet.user.is_active:
        nonces.refuse(None, "the account is closed")
    Wallet.objects.filter(pk=wallet.pk).update(last_used_at=now)
    return wallet.user
