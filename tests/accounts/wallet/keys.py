"""Keys of wallets for tests, and the ways a signature can be bent."""

from eth_account import Account
from eth_account.messages import encode_defunct

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


class Key:
    """A wallet's key: the same number, the same address, in every run."""

    def __init__(self, number: int = 1):
        self._account = Account.from_key(number.to_bytes(32, "big"))
        self.address = self._account.address

    def sign(self, text: str) -> str:
        return f"0x{self._account.sign_message(encode_defunct(text=text)).signature.hex()}"

    def sign_hash(self, digest: bytes) -> str:
        """As `eth_sign` once did: over a bare hash, without the prefix that marks a message."""
        return f"0x{self._account.unsafe_sign_hash(digest).signature.hex()}"


def bent(signature: str, *, r: int | None = None, s: int | None = None, v: int | None = None) -> str:
    """The signature with some of its numbers replaced."""
    raw = bytes.fromhex(signature[2:])
    old_r, old_s, old_v = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"), raw[64]
    numbers = [(old_r if r is None else r).to_bytes(32, "big"), (old_s if s is None else s).to_bytes(32, "big")]
    return f"0x{b''.join(numbers).hex()}{(old_v if v is None else v):02x}"


def with_high_s(signature: str) -> str:
    """The other signature that the same key, text and curve allow: s mirrored, the recovery bit turned."""
    raw = bytes.fromhex(signature[2:])
    return bent(signature, s=ORDER - int.from_bytes(raw[32:64], "big"), v=55 - raw[64])
