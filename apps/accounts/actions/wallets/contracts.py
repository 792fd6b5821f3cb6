"""Wallets that are contracts (EIP-1271): their own code says whether a signature is theirs, asked of a node of the
message's chain. Never inside a transaction; an answer that doesn't come is no yes."""

import re

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts import wallet as rules
from apps.core import outbound
from apps.core.errors import Refused
from apps.gateways.base import GatewayError
from apps.gateways.chain import SERVICE
from apps.gateways.chain.node import Node
from apps.gateways.failures import Declined

GAS = 2_000_000  # what a wallet's check may burn: passkey and many-owner wallets take some 400,000
SECONDS = 10.0
PER_MINUTE = 120
WRITTEN = re.compile(r"0x(?:[0-9a-fA-F]{2}){1,8192}")


class NodeAway(Refused):
    """The signature may be right; nobody can say now."""

    code, status = "chain-away", 503
    headers = {"Retry-After": "60"}


def took(address: str, message: str, signature: str, *, chain_id: int) -> bool:
    """Whether the contract at `address` takes the signature; False for an address without code, on another chain than
    our node's, or where settings name no node. Raises NodeAway."""
    if not settings.CHAIN_RPC_URL or not WRITTEN.fullmatch(signature):
        return False
    line = outbound.line(service=SERVICE, key="signatures", limit_per_minute=PER_MINUTE)
    node = Node(settings.CHAIN_RPC_URL, line=line, allow=settings.OUTBOUND_ALLOW, seconds=SECONDS)
    try:
        there = node.chain_id() == chain_id and node.code(address)
        raw = bytes.fromhex(signature[2:])
        return bool(there) and node.takes_signature(address, rules.digest(message), raw, gas=GAS)
    except Declined:
        return False
    except GatewayError:
        raise NodeAway(_("The chain does not answer, so your wallet can't be asked. Try again in a minute.")) from None
    finally:
        node.close()
