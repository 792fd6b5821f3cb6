"""The town that the matrix walks, built once; and the line that says how many cells it walked."""

import logging

import pytest
from django.db import connection, transaction

CELLS = pytest.StashKey[str]()


@pytest.fixture(scope="module")
def walker(django_db_setup, django_db_blocker, request):
    """The town stands in one transaction that is never committed. Its module has a `_django_db_helper` of its own, so
    that no test opens and ends another."""
    from tests.walks.town import build
    from tests.walks.walker import Walker, routes

    with django_db_blocker.unblock(), transaction.atomic():
        assert connection.settings_dict["NAME"].startswith("test_")
        walker = Walker(build())
        logging.disable(logging.CRITICAL)  # thousands of requests, each judged by its answer
        yield walker
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
    told = f"matrix: {walker.cells:,} cells walked, {len(routes())} routes as {len(walker.town.askers)} people"
    if walker.cells:
        request.config.stash[CELLS] = told


def pytest_terminal_summary(terminalreporter, config):
    if CELLS in config.stash:
        terminalreporter.write_line(config.stash[CELLS])
