"""Ways in and out as a program goes them, and many at once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import factors, sessions
from apps.accounts.visitors import RequestFacts
from tests import make

API = "/api/v1/auth/"
HERE = RequestFacts(address="192.0.2.7", agent="a test")


def post(path: str, **body):
    return Client(raise_request_exception=False).post(f"{API}{path}", body, content_type="application/json")


def read(access: str, path: str = "/api/v1/locations/"):
    client = Client(raise_request_exception=False)
    return client.get(path, headers={"Authorization": f"Bearer {access}"})


def tokens_of(user, *, amr=("pwd", "otp"), now=None) -> sessions.Tokens:
    return sessions.open_session(user=user, amr=list(amr), request_facts=HERE, now=now or timezone.now())


def later(**values):
    return timezone.now() + timedelta(**values)


def recovery_codes_of(user) -> list[str]:
    make.authenticator(user)
    return factors.new_codes(user)


@contextmanager
def many(workers: int):
    """`at_once(act, times)` runs it so often at the same time, each in a thread with a connection of its own."""
    with ThreadPoolExecutor(workers) as pool:

        def at_once(act, times: int) -> list:
            return [future.result() for future in [pool.submit(_alone, act) for _ in range(times)]]

        yield at_once


def _alone(act):
    try:
        return act()
    finally:
        connection.close()
