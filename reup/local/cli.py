"""Which command goes where: `up` and `test` are ours, all others Django's."""

import os
import sys
import time

from reup.local.places import LocalError


def main(argv: list[str]) -> int:
    """Run one command line; its exit code."""
    started = float(os.environ.pop("REUP_STARTED", time.time()))
    try:
        return dispatch(argv, started)
    except LocalError as error:
        print(error, file=sys.stderr)
        return 1


def dispatch(argv: list[str], started: float) -> int:
    name = argv[1] if len(argv) > 1 else "help"
    if name == "up":
        from reup.local import up

        return up.main(argv[2:], started)
    if name == "test":
        from reup.local import suite

        return suite.main(argv[2:])
    from reup.local import borrow

    borrow.run(argv)
    return 0
