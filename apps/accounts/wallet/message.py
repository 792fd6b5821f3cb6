"""The text a wallet is shown and signs, as EIP-4361 lays it out."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
INVITES = " wants you to sign in with your Ethereum account:"
VERSION = "1"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message's fields. Moments are RFC 3339 text, exactly as they stand in it."""

    domain: str
    address: str
    uri: str
    chain_id: int
    nonce: str
    issued_at: str
    scheme: str | None = None
    statement: str | None = None
    expiration_time: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] | None = None

    def text(self) -> str:
        """Lines end in LF alone, the last one in nothing."""
        return "\n".join([*self._head(), *self._fields(), *self._resources()])

    def _head(self) -> list[str]:
        scheme = f"{self.scheme}://" if self.scheme else ""
        statement = [self.statement, ""] if self.statement is not None else [""]
        return [f"{scheme}{self.domain}{INVITES}", self.address, "", *statement]

    def _fields(self) -> list[str]:
        named = {
            "URI": self.uri,
            "Version": VERSION,
            "Chain ID": self.chain_id,
            "Nonce": self.nonce,
            "Issued At": self.issued_at,
            "Expiration Time": self.expiration_time,
            "Not Before": self.not_before,
            "Request ID": self.request_id,
        }
        return [f"{name}: {value}" for name, value in named.items() if value is not None]

    def _resources(self) -> list[str]:
        if self.resources is None:
            return []
        return ["Resources:", *[f"- {resource}" for resource in self.resources]]


def checksummed(address: str) -> str:
    """The one spelling we keep (EIP-55), from any letter case. Raises ValueError for what is no address."""
    from eth_utils import to_checksum_address

    if not ADDRESS.fullmatch(address):
        raise ValueError("An address is 0x and 40 hexadecimal digits.")
    return to_checksum_address(address.lower())
