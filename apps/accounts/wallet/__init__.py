"""Signing in with a wallet (EIP-4361), on plain values: the message, its strict reading, and who signed it."""

from .message import Message, checksummed
from .reading import Malformed, read
from .signature import BadSignature, digest, signer

__all__ = ["BadSignature", "Malformed", "Message", "checksummed", "digest", "read", "signer"]
