"""Whose key signed a text (EIP-191 personal messages). Only the canonical spelling of a signature passes."""

import re

WRITTEN = re.compile(r"0x[0-9a-fA-F]{130}")
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1's group
RECOVERY_BYTES = {0, 1, 27, 28}


class BadSignature(ValueError):
    """Not a signature, or not its canonical form."""


def signer(text: str, signature: str) -> str:
    """The address, with its checksum, whose key signed `text`. Raises BadSignature.

    `signature` is 0x and 65 bytes in hexadecimal: r, s, v. A high s is refused (EIP-2): whoever sees a signature could
    make the second one from it.
    """
    from eth_account import Account
    from eth_account.messages import encode_defunct

    try:
        return Account.recover_message(encode_defunct(text.encode()), signature=_canonical(signature))
    except BadSignature:
        raise
    except Exception as trouble:  # the library names its own, its curve's and its types' errors; all mean no signer
        raise BadSignature("No key could have made this signature.") from trouble


def digest(text: str) -> bytes:
    """The 32 bytes that a wallet signs for `text` (EIP-191, version 0x45): what a contract is asked about."""
    from eth_utils import keccak

    raw = text.encode()
    return keccak(b"\x19Ethereum Signed Message:\n" + str(len(raw)).encode() + raw)


def _canonical(signature: str) -> bytes:
    if not WRITTEN.fullmatch(signature):
        raise BadSignature("A signature is 0x and 130 hexadecimal digits.")
    raw = bytes.fromhex(signature[2:])
    r, s, v = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:64], "big"), raw[64]
    if not (0 < r < ORDER and 0 < s <= ORDER // 2 and v in RECOVERY_BYTES):
        raise BadSignature("The signature's numbers are out of range.")
    return raw
