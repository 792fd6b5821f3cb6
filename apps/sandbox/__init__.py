"""The guest house: the outside world played on localhost. It imports nobody of ours and nobody of ours imports it."""

from .server import Server, serve

__all__ = ["Server", "serve"]
