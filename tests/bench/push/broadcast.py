"""The limit: one Redis subscription, and the websockets library's broadcast to everybody. No sign-in, no numbers."""

import asyncio
import time

import redis
import redis.asyncio
import uvloop
from django.conf import settings
from websockets.asyncio.server import broadcast
from websockets.asyncio.server import serve as websockets_serve

from .stream import listening


def channel() -> str:
    return f"{settings.REDIS_PREFIX}broadcast"


class Sender:
    hello = ("", {})

    def __init__(self):
        self.client = redis.Redis.from_url(settings.LIVE_REDIS_URL)

    def tell(self, mark: str, filler: str = "") -> float:
        began = time.perf_counter()
        text = f'{{"topic": "bench", "seq": 1, "type": "told", "data": "{mark}{"0" * 120}{filler}"}}'
        self.client.publish(channel(), text)
        return began


def serve(port: int) -> None:
    uvloop.run(_serve(port))


async def _serve(port: int) -> None:
    everybody: set = set()

    async def stay(connection) -> None:
        everybody.add(connection)
        await connection.wait_closed()
        everybody.discard(connection)

    async with websockets_serve(stay, sock=listening(port), compression=None, ping_interval=None):
        pubsub = redis.asyncio.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=None).pubsub()
        await pubsub.subscribe(channel())
        async for message in pubsub.listen():
            if message["type"] == "message":
                broadcast(everybody, message["data"].decode())
        await asyncio.Future()
