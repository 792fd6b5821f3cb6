"""Whose wallet it is: the account it was linked to, or a new lender's."""

import secrets

from django.db import IntegrityError, transaction

from apps.accounts.actions import notices
from apps.accounts.models import Lender, User, Wallet
from apps.core import audit
from apps.core.scope import scope


def find(address: str) -> Wallet | None:
    return Wallet.objects.select_related("user").filter(address=address).first()


def open_lender(address: str) -> Wallet | None:
    """A new account without organization or password; None when somebody was faster. Its email leads nowhere (RFC 2606)
    and can't be guessed, so that nobody can be invited under it beforehand."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                f"{secrets.token_hex(16)}@wallet.invalid", name=str(Wallet(address=address))
            )
            wallet = Wallet.objects.create(user=user, address=address)
            Lender.objects.create(user=user)
            with scope(user=user.pk):
                audit.record(user, "lender.opened", wallet, address=address)
    except IntegrityError:
        return None
    return wallet


def link(user: User, address: str) -> Wallet | None:
    """None when somebody was faster, or the same person twice."""
    try:
        with transaction.atomic():
            wallet = Wallet.objects.create(user=user, address=address)
            Lender.objects.get_or_create(user=user)
            audit.record(user, "wallet.linked", wallet, address=address)
            notices.tell(user, "wallet_linked", at=wallet.created_at, address=address)
    except IntegrityError:
        return find(address)
    return wallet
