"""Where a workload runs: a database and Redis names of its own on the engines in use, gone at the end."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections


@contextmanager
def own_ground() -> Iterator[None]:
    """A migrated, empty database `bench_…`; names in Redis under a prefix. Refused where settings say production."""
    if settings.PRODUCTION:
        raise CommandError("bench does not run in production: it loads the machine and makes databases.")
    name = f"bench_{os.getpid()}"
    line = _line()
    line.execute(f'CREATE DATABASE "{name}"')
    try:
        with _settings(name):
            call_command("migrate", verbosity=0)
            yield
    finally:
        line.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        line.close()


def child_environment() -> dict[str, str]:
    """The environment of a process that is to work on this ground."""
    place = urlsplit(os.environ["DATABASE_URL"])
    url = urlunsplit(place._replace(path=f"/{connections['default'].settings_dict['NAME']}"))
    return {"DATABASE_URL": url, "REDIS_PREFIX": settings.REDIS_PREFIX}


def _line() -> psycopg.Connection:
    """To the server, apart from Django's connection; whoever may not make databases is told so by the server."""
    line = connections["default"].get_new_connection(connections["default"].get_connection_params())
    line.autocommit = True
    line.execute("SET statement_timeout = 0")
    return line


@contextmanager
def _settings(name: str) -> Iterator[None]:
    """Django's own connection leads to the new database meanwhile, and waits for long statements."""
    ours = connections["default"].settings_dict
    before, prefix = ours["NAME"], settings.REDIS_PREFIX
    connections.close_all()
    ours["NAME"], settings.REDIS_PREFIX = name, f"{name}:"
    try:
        yield
    finally:
        connections.close_all()
        ours["NAME"], settings.REDIS_PREFIX = before, prefix
        _forget_names(f"{name}:")


def _forget_names(prefix: str) -> None:
    client = redis.Redis.from_url(settings.LIVE_REDIS_URL)
    if keys := list(client.scan_iter(f"{prefix}*", count=1000)):
        client.delete(*keys)
