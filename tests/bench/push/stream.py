"""ReUp's own stream: signed-in sockets that listen to a location's inventory."""

import socket
import time

import uvicorn
from django.contrib.auth import get_user_model
from django.test import Client

from apps.core.push import push
from apps.core.scope import everyone
from tests import make

SMALL = 16_384  # bytes of send buffer, so that a client that does not read is soon full


class Sender:
    """`hello` is what a client subscribes with, and its headers; `tell` pushes as any verb would."""

    def __init__(self):
        company = make.organization()
        self.place = make.location(organization=company)
        person = make.user(at=company, role="buyer")
        browser = Client()
        with everyone("bench"):
            browser.force_login(get_user_model().objects.get(pk=person.pk), "apps.accounts.backends.ByRole")
        cookies = "; ".join(f"{key}={morsel.value}" for key, morsel in browser.cookies.items())
        self.hello = (f'{{"subscribe": {{"inventory.{self.place.pk}": null}}}}', {"Cookie": cookies})

    def tell(self, mark: str, filler: str = "") -> float:
        began = time.perf_counter()
        with everyone("bench"):
            push(f"inventory.{self.place.pk}", "stock.changed", mark=mark, products=["0" * 36] * 3, filler=filler)
        return began


def listening(port: int) -> socket.socket:
    line = socket.create_server(("127.0.0.1", port), backlog=2_048)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
    return line


def run(application, port: int) -> None:
    """Uvicorn, as the Procfile starts it."""
    config = uvicorn.Config(
        application, lifespan="off", log_level="warning", access_log=False, ws_ping_interval=None, loop="uvloop"
    )
    config.ws_per_message_deflate = False
    uvicorn.Server(config).run(sockets=[listening(port)])


def serve(port: int) -> None:
    from reup.asgi import application

    run(application, port)
