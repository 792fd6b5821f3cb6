"""A browser of somebody who has shown both factors, for workloads that measure answers."""

from django.test import Client

from apps.core.scope import everyone
from tests.conftest import enter


class SignedIn:
    def __init__(self, person):
        self.client = Client()
        with self.everyone():
            enter(self.client, person)

    @staticmethod
    def everyone():
        return everyone("bench")

    def get(self, address: str):
        """The answer, which has to be one, with the headers that protect it."""
        answer = self.client.get(address)
        if answer.status_code != 200 or "Content-Security-Policy" not in answer:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
        return answer
