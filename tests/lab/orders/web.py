"""Web processes of the lab: the application as the Procfile serves it, loaded once and forked, so that a killed one has
its successor at once; ended by a kill."""

import ctypes
import gc
import logging
import os
import signal
import socket
from wsgiref.util import setup_testing_defaults

import uvicorn

from reup.asgi import application, pages
from reup.local.child import PR_SET_PDEATHSIG

WORKERS = 3


def serve(number: int, naive: bool) -> None:
    """On the listening socket that this process was given under that number; in the control without the lock."""
    if naive:
        from .naive import take_the_lock_out

        take_the_lock_out()
    logging.disable(logging.CRITICAL)
    listening = socket.socket(fileno=number)
    _warm()
    serving: set[int] = set()
    while True:
        while len(serving) < WORKERS:
            serving.add(_forked(listening))
        serving.discard(os.wait()[0])


def _warm() -> None:
    """One page before the first fork: what it loads, no process loads again. It needs no database."""
    environ = {"PATH_INFO": "/healthz", "HTTP_HOST": "localhost"}
    setup_testing_defaults(environ)
    b"".join(pages(environ, lambda status, headers: None))
    gc.freeze()


def _forked(listening: socket.socket) -> int:
    if pid := os.fork():
        return pid
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    config = uvicorn.Config(application, lifespan="off", log_level="critical", access_log=False, proxy_headers=False)
    uvicorn.Server(config).run(sockets=[listening])
    os._exit(1)
