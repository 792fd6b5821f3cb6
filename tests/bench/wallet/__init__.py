"""A signed message of a wallet, without the store: compared, read, its signer recovered; beside the reference way."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from eth_account import Account
from eth_account.messages import encode_defunct

from apps.accounts.actions.wallets import nonces
from apps.accounts.models import Nonce
from apps.accounts.wallet import signer
from reup.bench.bench import Bench

from . import peers

NEEDS_GROUND = False
REFERENCE, RECOVERY, LIMIT = "ABNF and pure Python", "pure Python recovery alone", "libsecp256k1 and one keccak"
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Attempt:
    """What is kept and what comes back: a text of its own, equal letter by letter."""

    kept: Nonce
    message: str
    signature: str


def run(bench: Bench) -> None:
    attempts = [attempt(number) for number in range(1, (400 if bench.quick else 2_000) + 1)]
    few = attempts[: 20 if bench.quick else 50]  # a slow peer's speed does not lean on how many there are
    bench.same("signers", outputs(few))
    result = bench.case(
        name="compare and recover",
        size=f"{len(attempts):,} messages of {len(attempts[0].message)} letters",
        unit="messages/s",
        reup=lambda: sum(map(ours, attempts)),
        peers={
            REFERENCE: lambda: sum(map(reference, few)),
            RECOVERY: lambda: sum(bool(peers.recover(one.message, one.signature)) for one in few),
        },
        limit={LIMIT: lambda: sum(bool(peers.limit(one.message, one.signature)) for one in attempts)},
    )
    bench.goal("messages, beside the reference way", result.times(REFERENCE), at_least=15, reach=30)


def attempt(number: int) -> Attempt:
    account = Account.from_key(number.to_bytes(32, "big"))
    text = f"{number:024}"
    message = nonces.message_of(text, account.address, settings.WALLET_CHAINS[0], Nonce.Purpose.SIGN_IN, NOW).text()
    signed = account.sign_message(encode_defunct(text=message)).signature.hex()
    kept = Nonce(
        nonce=text,
        purpose=Nonce.Purpose.SIGN_IN,
        address=account.address,
        message=message,
        created_at=NOW,
        expires_at=NOW + nonces.LIFE,
    )
    return Attempt(kept, message.encode().decode(), f"0x{signed}")


def ours(one: Attempt) -> bool:
    """The server's own way, all but the rows. Refuses by raising."""
    if one.message != one.kept.message:
        return False
    nonces.check(one.kept, one.signature, NOW)
    return True


def reference(one: Attempt) -> bool:
    fields = peers.parse(one.message)
    return fields["nonce"] == one.kept.nonce and peers.recover(one.message, one.signature) == fields["address"]


def outputs(attempts: list[Attempt]) -> dict[str, list]:
    return {
        "the keys": [one.kept.address for one in attempts],
        "reup": [signer(one.message, one.signature) for one in attempts if ours(one)],
        REFERENCE: [peers.parse(one.message)["address"] for one in attempts if reference(one)],
        RECOVERY: [peers.recover(one.message, one.signature) for one in attempts],
        LIMIT: [peers.limit(one.message, one.signature) for one in attempts],
    }
