"""What every test may ask for: the cast, scopes, clients, commits, jobs done in process, the outside as an emulator."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from django.conf import settings as project
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from apps import sandbox
from apps.accounts.middleware import scope_of
from apps.accounts.models import Location, Membership, Organization, User
from apps.core import jobs
from apps.core.models import Job
from apps.core.scope import NOBODY, _current, current, everyone, scope
from reup.settings import redis_url
from tests import make

pytest_plugins = ["tests.browser"]
KEY = "pos-northlight-holland"  # as the emulator's first day knows it


@dataclass(frozen=True)
class Cast:
    """A wholesaler, a retailer connected with it, and a retailer who is a stranger; each with a person."""

    wholesaler: Organization
    retailer: Organization
    stranger: Organization
    seller: User
    buyer: User
    outsider: User
    place: Location  # the wholesaler's


@pytest.fixture(autouse=True)
def no_scope_is_left_behind():
    yield
    left = current()
    _current.set(NOBODY)
    assert left == NOBODY, f"The test left a scope behind: {left}"


@pytest.fixture(scope="session", autouse=True)
def redis_left_as_it_was():
    """This run's names in Redis carry its own prefix; they go with it."""
    yield
    assert project.REDIS_PREFIX, "Without a prefix of its own this run would empty somebody's Redis."
    for number in (0, 1, 2):
        client = redis.Redis.from_url(redis_url(number), socket_connect_timeout=1)
        try:
            keys = list(client.scan_iter(f"{project.REDIS_PREFIX}*", count=1000))
            if keys:
                client.delete(*keys)
        except redis.RedisError:
            return


@pytest.fixture
def cast(db) -> Cast:
    wholesaler = make.organization(side="wholesaler", name="Northlight Supply Co.")
    retailer = make.organization(side="retailer", name="Juniper & Pine")
    stranger = make.organization(side="retailer", name="Fernway Market")
    make.connection(wholesaler, retailer)
    return Cast(
        wholesaler=wholesaler,
        retailer=retailer,
        stranger=stranger,
        seller=make.user(email="staff@northlight.test", at=wholesaler, role="owner", staff=True),
        buyer=make.user(email="buyer@juniper.test", at=retailer, role="buyer"),
        outsider=make.user(email="buyer@fernway.test", at=stranger, role="buyer"),
        place=make.location(organization=wholesaler, name="Northlight, Holland", lsp=822, loc=4101, key=KEY),
    )


@pytest.fixture
def scoped():
    """`with scoped(user):` is the scope a request of theirs would work in."""

    @contextmanager
    def entered(user: User):
        with everyone("test"):
            membership = Membership.objects.select_related("organization").filter(user=user).first()
            arguments = scope_of(membership) if membership else {"user": user.pk}
        with scope(**arguments) as entered_scope:
            yield entered_scope

    return entered


@pytest.fixture
def client_of():
    """`client_of(user)` is a browser signed in with both factors; `verified=False`: with the first alone; without a
    user: an anonymous one."""

    def signed_in(user: User | None = None, *, verified: bool = True, **options) -> Client:
        client = Client(**options)
        if user:
            enter(client, user, verified=verified)
        return client

    return signed_in


def enter(client: Client, user: User, *, verified: bool = True) -> None:
    """Past the forms of signing in, into a session as they would leave it."""
    client.force_login(user, "apps.accounts.backends.ByRole")
    if verified:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = make.authenticator(user).persistent_id
        session.save()


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """`with commits():` runs what waits for the commit at the block's end, as a real commit would."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def run_jobs(db):
    """`run_jobs()` does what is due, in this process, as workers would; returns how many. A failed job fails the test
    unless `failures=True`."""

    def drain(*, failures: bool = False) -> int:
        done = 0
        while step := sum(jobs.drain(queue) for queue in jobs.QUEUES):
            done += step
        with everyone("test"):
            errors = list(Job.objects.exclude(error="").values_list("name", "error"))
        assert failures or not errors, errors
        return done

    return drain


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared research beside the project; what leans on it is left out, by name, where it is not."""
    place = project.ROOT.parent / "shared"
    if not place.is_dir():
        pytest.skip("the shared research folder is not beside this checkout")
    return place


@pytest.fixture(scope="session")
def emulator():
    server = sandbox.serve()
    yield server
    server.stop()


@pytest.fixture
def world(emulator, settings):
    """Dutchie on localhost as on its first day, POS and back office, and settings that lead there. `.url`, `.urls`,
    `.world`, `.token`."""
    emulator.reset()
    settings.DUTCHIE_POS_URL = emulator.url
    settings.DUTCHIE_BACKOFFICE_URL = emulator.urls["backoffice"]
    settings.OUTBOUND_ALLOW = ("127.0.0.1", "localhost")
    return emulator
