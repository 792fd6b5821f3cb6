"""One wallet's way through: ask for a message, sign it, send it back."""

from datetime import UTC, datetime, timedelta

from apps.accounts.actions import wallets
from apps.accounts.models import Nonce, User
from apps.accounts.visitors import RequestFacts
from apps.core.scope import everyone

from .keys import Key

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SOON = NOW + timedelta(seconds=20)
KEY = Key(1)
HERE = RequestFacts(address="192.0.2.7", agent="a test")


def asked(key: Key = KEY, **options) -> Nonce:
    values = {"address": key.address, "chain_id": 1, "request_facts": HERE, "now": NOW}
    return wallets.issue_nonce(**values | options)


def answered(message: str, signature: str, **options):
    return wallets.sign_in_with_wallet(
        message=message, signature=signature, **{"request_facts": HERE, "now": SOON} | options
    )


def signed_in(key: Key = KEY, **options):
    """The whole way; the step that follows."""
    message = asked(key).message
    return answered(message, key.sign(message), **options)


def linked(user: User, key: Key = KEY, *, session: str = "s1"):
    message = asked(key, purpose=Nonce.Purpose.LINK, user=user, session=session).message
    signature = key.sign(message)
    return wallets.link_wallet(
        user=user, verified=False, message=message, signature=signature, session=session, now=SOON
    )


def kept(nonce: Nonce) -> Nonce:
    with everyone("test"):
        return Nonce.objects.get(pk=nonce.pk)
