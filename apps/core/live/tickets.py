"""Tickets: a page or program signed in over HTTP opens one socket with one, within thirty seconds.

They live in Redis, which the sockets need anyway: GETDEL makes single use atomic, and nothing is left to clean up.
Redis holds the hash of the ticket and, sealed, whose it is.
"""

import hashlib
import json
import secrets
from dataclasses import asdict

from django.conf import settings

from apps.core import crypto, fast

from . import subscription
from .people import Listener

SECONDS = 30


def issue(listener: Listener) -> str:
    """Raises redis.RedisError while Redis is away."""
    ticket = secrets.token_urlsafe(32)
    key = _key(ticket)
    sealed = crypto.seal(json.dumps(asdict(listener)), table="live.ticket", pk=key, organization=None)
    fast.client().set(key, sealed, ex=SECONDS)
    return ticket


async def redeem(ticket: str) -> Listener | None:
    """Whose it is, once; None when used, late or never issued. Raises redis.RedisError while Redis is away."""
    key = _key(ticket)
    async with subscription.connection(socket_timeout=2) as redis:
        sealed = await redis.getdel(key)
    if sealed is None:
        return None
    return Listener(**json.loads(crypto.unseal(sealed, table="live.ticket", pk=key, organization=None)))


def _key(ticket: str) -> str:
    return f"{settings.REDIS_PREFIX}ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
