"""A stage to play on, and a gateway that may call it."""

import pytest

from apps.gateways import base
from apps.gateways.base import Gateway

from .stage import Stage


@pytest.fixture
def stage():
    made = []

    def build(*acts):
        made.append(Stage(*acts))
        return made[-1]

    yield build
    for each in made:
        each.close()


@pytest.fixture
def gateway_to(stage, monkeypatch):
    """Builds a gateway to a stage with these acts; waits between tries are cut short."""
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))

    def build(*acts, **options):
        theatre = stage(*acts)
        gateway = Gateway(theatre.url, allow=[f"127.0.0.1:{theatre.port}"], **options)
        gateway.stage = theatre
        return gateway

    return build
