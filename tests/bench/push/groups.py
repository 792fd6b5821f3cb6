"""The peer: Channels' own groups on the same Redis, as its tutorial has them, without sign-in."""

import time

from asgiref.sync import async_to_sync
from channels.generic.websocket import AsyncWebsocketConsumer
from channels_redis.core import RedisChannelLayer
from django.conf import settings

from .stream import run

GROUP = "bench"


def layer() -> RedisChannelLayer:
    host = {"address": settings.LIVE_REDIS_URL, "socket_timeout": 20, "socket_connect_timeout": 5}
    return RedisChannelLayer(hosts=[host], prefix=f"{settings.REDIS_PREFIX}asgi")


class Listener(AsyncWebsocketConsumer):
    async def connect(self):
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def told(self, event):
        await self.send(event["text"])


class Sender:
    hello = ("", {})

    def tell(self, mark: str, filler: str = "") -> float:
        began = time.perf_counter()
        text = f'{{"topic": "bench", "seq": 1, "type": "told", "data": "{mark}{"0" * 120}{filler}"}}'
        async_to_sync(self._send)({"type": "told", "text": text})
        return began

    async def _send(self, message: dict) -> None:
        await layer().group_send(GROUP, message)


def serve(port: int) -> None:
    from channels.layers import channel_layers

    channel_layers.set("default", layer())
    run(Listener.as_asgi(), port)
