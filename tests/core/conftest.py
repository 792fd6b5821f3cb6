"""The running server of the stream's tests."""

import pytest

from tests.core.streams import Server


@pytest.fixture(scope="session")
def running_server():
    with Server() as server:
        yield server


@pytest.fixture
def server(running_server, transactional_db):
    """A server without sockets, before and after."""
    yield running_server
    running_server.settle()
