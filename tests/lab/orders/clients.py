"""Eight programs that order over the API: what is not answered is asked again with the same key until it is."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import cycle

import requests

from tests import make

API = "/api/v1/"
PATIENCE = 90.0  # seconds for an answer to one key
AGAIN = 0.1  # of the answered calls are sent once more all the same


class Unanswered(Exception):
    """No answer to a key, however often it was sent."""


@dataclass(frozen=True)
class Asked:
    """An order that somebody is going to make."""

    number: int
    body: dict


@dataclass
class Told:
    """What a client knows of its order: its number and whether it was submitted; None where no answer came."""

    asked: Asked
    number: str | None = None
    submitted: bool | None = None


class Clients:
    """`with Clients(url, people) as clients: told = clients.send(orders)`. `seen` counts what came back."""

    def __init__(self, url: str, people: list):
        self.url, self.people = url, people
        self.seen = dict.fromkeys(("made", "submitted", "refused", "sent again", "replayed", "unexpected"), 0)
        self._lock, self._own, self._over = threading.Lock(), threading.local(), threading.Event()

    def __enter__(self):
        self._threads = ThreadPoolExecutor(len(self.people))
        self._next = cycle(self.people)
        return self

    def __exit__(self, *_):
        self._over.set()  # a run that is stopped waits for no answer
        self._threads.shutdown(cancel_futures=True)

    def send(self, orders: list[Asked], *, every_so_often: Callable[[], None]) -> list[Told]:
        """Make and submit each; the caller's thread does harm meanwhile."""
        futures = [self._threads.submit(self._order, one) for one in orders]
        while wait(futures, timeout=0.05).not_done:
            every_so_often()
        return [future.result() for future in futures]

    def _order(self, asked: Asked) -> Told:
        told = Told(asked)
        try:
            made = self._until_told("orders/", asked.body, f"make {asked.number}", {201: "made"})
            told.number = made.json()["number"]
            path, if_match = f"orders/{told.number}/transitions/", {"If-Match": made.headers["ETag"]}
            key, meant = f"submit {asked.number}", {200: "submitted", 409: "refused"}
            moved = self._until_told(path, {"action": "submit"}, key, meant, **if_match)
            told.submitted = moved.status_code == 200
        except Unanswered:
            pass
        return told

    def _until_told(self, path: str, body: dict, key: str, meant: dict[int, str], **headers) -> requests.Response:
        """The answer, which may come to a later call with the same key: the line broke, a server was away or the first
        call is still at work. Some answered calls are sent once more: the bytes must be the same."""
        answer = self._answer(path, body, key, meant, headers)
        self._count(meant[answer.status_code])
        if answer.ok and random.Random(key).random() < AGAIN:
            again = self._answer(path, body, key, meant, headers)
            same = (again.status_code, again.content) == (answer.status_code, answer.content)
            self._count("replayed" if same else "unexpected", f"another answer to {key}")
        return answer

    def _answer(self, path: str, body: dict, key: str, meant: dict, headers: dict) -> requests.Response:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not self._over.is_set():
            answer = self._sent(path, body, key, headers)
            if answer is not None and answer.status_code in meant and _is_final(answer):
                return answer
            if answer is not None and not _come_again(answer):
                self._count("unexpected", f"{answer.status_code} {answer.text[:200]}")
            self._count("sent again")
            time.sleep(0.05)
        raise Unanswered(key)

    def _sent(self, path: str, body: dict, key: str, headers: dict) -> requests.Response | None:
        """None where the line broke: nobody knows whether it was done."""
        own = self._own
        try:
            if not hasattr(own, "session"):
                own.session, own.person = requests.Session(), self._one_more()
            if not hasattr(own, "token"):
                own.token = self._signed_in(own.person)
            headers = headers | {"Authorization": f"Bearer {own.token}", "Idempotency-Key": key}
            answer = own.session.post(self.url + API + path, json=body, headers=headers, timeout=20)
        except requests.RequestException:
            return None
        if answer.status_code == 401:
            del own.token  # five minutes are over
        return answer

    def _signed_in(self, person) -> str:
        secrets = {"email": person.email, "password": make.PASSWORD}
        answer = requests.post(f"{self.url}{API}auth/token/", json=secrets, timeout=20)
        if answer.status_code != 200:
            raise requests.RequestException(answer.text)
        return answer.json()["access"]

    def _one_more(self):
        with self._lock:
            return next(self._next)

    def _count(self, name: str, example: str = "") -> None:
        with self._lock:
            self.seen[name] += 1
            if name == "unexpected":
                self.seen.setdefault("for example", example)


def _is_final(answer: requests.Response) -> bool:
    return answer.ok or answer.json()["code"] == "insufficient-stock"


def _in_progress(answer: requests.Response) -> bool:
    return answer.status_code == 409 and answer.json()["code"] == "idempotency-in-progress"


def _come_again(answer: requests.Response) -> bool:
    """Answers that ask to be asked again: the key's first call is at work, the database was away, the token is old."""
    return answer.status_code in (401, 503) or _in_progress(answer)
