"""Ports on this machine: one is ours once nobody listens on it and no other ReUp has reserved it."""

import contextlib
import socket
from collections.abc import Iterator

from reup.local.places import LocalError

HOST = "127.0.0.1"


@contextlib.contextmanager
def reserved(first: int, *, host: str = HOST, only: bool = False) -> Iterator[int]:
    """The first free port from `first` on (or that one `only`), held until the end: two starts at once differ."""
    with contextlib.ExitStack() as stack:
        for port in (first,) if only else range(first, first + 100):
            if is_free(port, host=host) and (held := _reserve(port)):
                stack.enter_context(held)
                yield port
                return
        raise LocalError(f"port {first} is in use" if only else f"no free port between {first} and {first + 99}")


def is_free(port: int, *, host: str = HOST) -> bool:
    """Whether a server could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _reserve(port: int) -> socket.socket | None:
    """A name without a file (Linux' abstract sockets): the kernel gives it to one process and frees it at its end."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0reup-port-{port}")
    except OSError:
        mark.close()
        return None
    return mark
