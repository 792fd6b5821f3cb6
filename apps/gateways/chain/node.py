"""A node of an Ethereum chain: reads by JSON-RPC (EIP-1474), each a single try."""

from typing import Any

import msgspec

from apps.gateways.base import Declined, Gateway, GatewayError, Unreachable
from apps.gateways.chain import SERVICE
from apps.gateways.exchange import Answer

IS_VALID_SIGNATURE = bytes.fromhex("1626ba7e")  # its selector, and its yes (EIP-1271)
FAILED_CODES = frozenset({3, -32015})  # Geth's and Nethermind's for code that ran and failed
FAILED_WORDS = ("revert", "out of gas", "invalid opcode", "stack")
WORD = 32


class Trouble(msgspec.Struct):
    code: int
    message: str = ""


class Reply(msgspec.Struct):
    """A JSON-RPC 2.0 answer: a result or an error."""

    result: Any = None
    error: Trouble | None = None


class Node(Gateway):
    """One node. Its address may hold a provider's key, so it is told nowhere. Raises Unreachable when it does not
    answer or can't say, Declined when the contract itself failed."""

    service = SERVICE

    def chain_id(self) -> int:
        return int(self._ask("eth_chainId"), 16)

    def code(self, address: str) -> bytes:
        """What stands at the address; b"" for a person's own key."""
        return _bytes(self._ask("eth_getCode", address, "latest"))

    def call(self, to: str, data: bytes, *, gas: int) -> bytes:
        """What the contract answers, run at the newest block within `gas`; nothing is changed by it."""
        return _bytes(self._ask("eth_call", {"to": to, "data": _hex(data), "gas": hex(gas)}, "latest"))

    def takes_signature(self, contract: str, digest: bytes, signature: bytes, *, gas: int) -> bool:
        """EIP-1271: whether the contract says that `signature` over the 32 bytes of `digest` is its own. Only the
        exact word is a yes."""
        answer = self.call(contract, IS_VALID_SIGNATURE + _abi(digest, signature), gas=gas)
        return answer == IS_VALID_SIGNATURE.ljust(WORD, b"\0")

    def judged(self, path: str, answer: Answer, failed: GatewayError | None) -> GatewayError | None:
        """A node says no under a status that says yes. A refusal by status is about us, not about the contract."""
        if failed:
            return Unreachable(self.service, failed.reason, status=failed.status)
        try:
            trouble = msgspec.json.decode(answer.body, type=Reply).error
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return Unreachable(self.service, "The answer is no JSON-RPC.", status=answer.status)
        if trouble is None:
            return None
        if trouble.code in FAILED_CODES or any(word in trouble.message.lower() for word in FAILED_WORDS):
            return Declined(self.service, "The contract failed.", status=answer.status)
        return Unreachable(self.service, f"It could not answer (error {trouble.code}).", status=answer.status)

    def _ask(self, method: str, *params: Any) -> str:
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        said = msgspec.json.decode(self.ask("", question, expects="object", once=True), type=Reply).result
        if not isinstance(said, str) or not said.startswith("0x"):
            raise Unreachable(self.service, "The answer is no hexadecimal value.")
        return said


def _abi(digest: bytes, data: bytes) -> bytes:
    """The arguments (bytes32, bytes) as Solidity's ABI lays them out."""
    padded = data.ljust(-(-len(data) // WORD) * WORD, b"\0")
    return digest + (2 * WORD).to_bytes(WORD, "big") + len(data).to_bytes(WORD, "big") + padded


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text[2:])
    except ValueError:
        raise Unreachable(SERVICE, "The answer is no hexadecimal value.") from None
