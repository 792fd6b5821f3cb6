"""Many websocket clients in one process, on bare sockets: what they cost must not hide what the server takes."""

import asyncio
import base64
import os
import socket
import time
from collections.abc import Callable

PATIENCE = 30  # seconds for a message to reach everybody
TOGETHER = 50  # clients that connect at once
SMALL = 4_096  # bytes of a stalled client's receive buffer


def masked(text: str) -> bytes:
    """A client's text frame; the mask is zero, which changes nothing and is allowed."""
    data = text.encode()
    length = bytes([0x80 | len(data)]) if len(data) < 126 else bytes([0x80 | 126]) + len(data).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + data


class Client(asyncio.Protocol):
    """Says hello, then tells the crowd when the frame it waits for is there."""

    def __init__(self, crowd: "Crowd", request: bytes, hello: str):
        self.crowd, self.request, self.hello = crowd, request, hello
        self.answer = b"subscribed" if hello else b""
        self.ready = crowd.loop.create_future()
        self.heard = b""

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        if not self.ready.done():
            self._settle()
        elif self.crowd.mark and self.crowd.mark in self.heard:
            self.heard = b""
            self.crowd.has_it(self)

    def _settle(self) -> None:
        """The handshake is answered, and the hello, if there is one."""
        head, found, rest = self.heard.partition(b"\r\n\r\n")
        if found and not head.startswith(b"HTTP/1.1 101"):
            self.ready.set_exception(ConnectionError(head.split(b"\r\n")[0].decode()))
        elif found and self.hello:
            self.transport.write(masked(self.hello))
            self.hello = ""
        elif found and self.answer in rest:
            self.heard = b""
            self.ready.set_result(None)

    def connection_lost(self, error) -> None:
        self.crowd.lost(self)


class Crowd:
    """`come`, then `hear` again and again. `missed` counts frames that a reading client did not get."""

    missed = 0

    def __init__(self, loop, port: int, hello: tuple[str, dict[str, str]]):
        self.loop, self.port = loop, port
        self.message, headers = hello
        key = base64.b64encode(os.urandom(16)).decode()
        lines = {"Host": f"127.0.0.1:{port}", "Upgrade": "websocket", "Connection": "Upgrade"}
        lines |= {"Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13", "Origin": f"http://127.0.0.1:{port}"}
        head = "".join(f"{name}: {value}\r\n" for name, value in (lines | headers).items())
        self.request = f"GET /ws/v1/stream HTTP/1.1\r\n{head}\r\n".encode()
        self.clients: set[Client] = set()
        self.stalled: set[Client] = set()
        self.waiting: set[Client] = set()
        self.mark = b""
        self.number = 0
        self.all_have_it: asyncio.Future | None = None

    async def come(self, count: int) -> None:
        for begin in range(0, count, TOGETHER):
            await asyncio.gather(*(self._one() for _ in range(min(TOGETHER, count - begin))))

    async def _one(self) -> None:
        line = socket.socket()
        line.setblocking(False)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        await self.loop.sock_connect(line, ("127.0.0.1", self.port))
        _, client = await self.loop.create_connection(lambda: Client(self, self.request, self.message), sock=line)
        self.clients.add(client)
        async with asyncio.timeout(PATIENCE):
            await client.ready

    def stop_reading(self, count: int) -> None:
        self.stalled = set(list(self.clients)[:count])
        for client in self.stalled:
            line = client.transport.get_extra_info("socket")
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            client.transport.pause_reading()

    async def hear(self, tell: Callable[[str], float]) -> float:
        """`tell(mark)` sends one message and returns the moment before it did. Seconds until the last one has it."""
        self.number += 1
        mark = f"message-{self.number:08}-"
        self.mark, self.waiting = mark.encode(), self.clients - self.stalled
        self.all_have_it = self.loop.create_future()
        began = await self.loop.run_in_executor(None, tell, mark)
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.all_have_it - began
        except TimeoutError:
            Crowd.missed += len(self.waiting)
            return float(PATIENCE)

    def has_it(self, client: Client) -> None:
        self.waiting.discard(client)
        if not self.waiting and not self.all_have_it.done():
            self.all_have_it.set_result(time.perf_counter())

    def lost(self, client: Client) -> None:
        if client not in self.stalled:
            self.clients.discard(client)

    def leave(self) -> None:
        for client in self.clients | self.stalled:
            client.transport.abort()
