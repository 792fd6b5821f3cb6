"""Messages to sign: made here from our own settings, kept, compared byte by byte, and burned by every attempt."""

import re
import secrets
import string
from datetime import UTC, datetime, timedelta

import structlog
from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts import wallet as rules
from apps.accounts.actions import budgets
from apps.accounts.models import Nonce, User
from apps.accounts.visitors import RequestFacts
from apps.accounts.wallet.reading import LARGEST, moment
from apps.core.errors import Refused
from apps.core.scope import everyone

from . import contracts

LIFE = timedelta(minutes=5)
KEPT = timedelta(days=1)  # what was signed, and when, can be looked up so long
CLOCKS = timedelta(seconds=10)  # between our own machines
LETTERS = string.ascii_letters + string.digits
LENGTH = 24  # 142 random bits; no other word of a message is as long
NONCES = re.compile(rf"(?<![A-Za-z0-9])[A-Za-z0-9]{{{LENGTH}}}(?![A-Za-z0-9])")
STATEMENTS = {
    Nonce.Purpose.SIGN_IN: "Sign in to ReUp with this wallet.",
    Nonce.Purpose.LINK: "Link this wallet to my ReUp account. Whoever holds it can then sign in as me.",
}
WHY = "a wallet is nobody's until its signature is checked"
log = structlog.get_logger(__name__)


class WalletRefused(Refused):
    """One answer for every reason: 401. The reason is in the log."""

    code, status = "wallet-refused", 401


class UnknownChain(Refused):
    code, status = "unknown-chain", 422


def issue_nonce(
    *,
    address: str,
    chain_id: int,
    purpose: str = Nonce.Purpose.SIGN_IN,
    user: User | None = None,
    session: str = "",
    request_facts: RequestFacts,
    now: datetime,
) -> Nonce:
    """A message for `address` (in any letter case) to sign within five minutes, once.

    `session` names the session that asks, "" for none; only there it can be answered. Raises ValueError for what is no
    address, UnknownChain, and budgets.TooMany for a network that asks too often."""
    if chain_id not in settings.WALLET_CHAINS:
        raise UnknownChain(_("Wallets of chain %(chain)s are not taken here.") % {"chain": chain_id})
    address = rules.checksummed(address)
    budgets.spend((budgets.NONCES_NETWORK, request_facts.network), now=now)
    nonce = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
    row = Nonce(
        nonce=nonce,
        purpose=purpose,
        user=user,
        session=session,
        address=address,
        message=message_of(nonce, address, chain_id, purpose, now).text(),
        created_at=now,
        expires_at=now + LIFE,
    )
    with everyone(WHY):
        Nonce.objects.filter(expires_at__lt=now - KEPT).delete()
        row.save(force_insert=True)
    return row


def take(message: str, purpose: str, session: str, now: datetime) -> Nonce:
    """Burn whatever nonces the text holds, then ask whether it is the one we handed out."""
    burned = Nonce.objects.burn(NONCES.findall(message[:LARGEST]), now)
    nonce = next((one for one in burned if one.message == message), None)
    if nonce is None:
        refuse(None, "altered" if burned else "unknown or used")
    if nonce.purpose != purpose or nonce.session not in ("", session):
        refuse(nonce, "made for another purpose or session")
    return nonce


def check(nonce: Nonce, signature: str, now: datetime) -> None:
    """In time, read again as strictly as if it came from outside, and signed by its address, or by the contract there.
    Raises WalletRefused, and what `contracts.took` raises."""
    if not nonce.created_at - CLOCKS <= now < nonce.expires_at:
        refuse(nonce, "out of its time")
    try:
        said = rules.read(nonce.message)
    except rules.Malformed as trouble:
        refuse(nonce, str(trouble))
    if not _is_ours(said, nonce, now):
        refuse(nonce, "it doesn't say who we are")
    why = _unsigned(nonce, signature)
    if why and not contracts.took(nonce.address, nonce.message, signature, chain_id=said.chain_id):
        refuse(nonce, why)


def _unsigned(nonce: Nonce, signature: str) -> str:
    """Why this is not the signature of the address's own key; "" when it is."""
    try:
        return "" if rules.signer(nonce.message, signature) == nonce.address else "signed by another key"
    except rules.BadSignature as trouble:
        return str(trouble)


def _is_ours(said: rules.Message, nonce: Nonce, now: datetime) -> bool:
    ours = message_of(nonce.nonce, nonce.address, said.chain_id, nonce.purpose, nonce.created_at)
    in_time = moment(said.issued_at) - CLOCKS <= now < moment(said.expiration_time)
    return said == ours and said.chain_id in settings.WALLET_CHAINS and in_time


def refuse(nonce: Nonce | None, why: str) -> None:
    log.warning("wallet.refused", why=why, address=nonce.address if nonce else None)
    told = [_("This message and signature were not accepted. Ask for a new message and sign that one.")]
    if not settings.CHAIN_RPC_URL:
        told.append(_("Wallets that are contracts can't sign in here."))
    raise WalletRefused(" ".join(told))


def message_of(nonce: str, address: str, chain_id: int, purpose: str, now: datetime) -> rules.Message:
    """Who we are comes from settings alone. EIP-4361 leaves the scheme out where it is https."""
    scheme, _sep, domain = settings.PUBLIC_URL.partition("://")
    return rules.Message(
        scheme=None if scheme == "https" else scheme,
        domain=domain,
        address=address,
        statement=STATEMENTS[purpose],
        uri=settings.PUBLIC_URL,
        chain_id=chain_id,
        nonce=nonce,
        issued_at=_written(now),
        expiration_time=_written(now + LIFE),
    )


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
