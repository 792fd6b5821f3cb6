"""A worker of the lab: drains every facility in turn, for ever; it is ended by a kill."""

import sys
import time

import django

django.setup()

from apps.compliance import actions  # noqa: E402
from apps.core.outbound import breaker  # noqa: E402
from apps.core.scope import scope  # noqa: E402


def main(scale: float) -> None:
    breaker.FIRST_PAUSE, breaker.LONGEST_PAUSE = breaker.FIRST_PAUSE * scale, breaker.LONGEST_PAUSE * scale
    print("ready", flush=True)
    while True:
        with scope(everyone="lab"):
            found = list(actions.with_work().select_related("location", "organization"))
        for facility in found:
            with scope(facility.organization_id):
                actions.drain(facility=facility, seconds=0.5)
        time.sleep(0.05)


if __name__ == "__main__":
    main(float(sys.argv[1]))
