"""Ctrl-C, SIGTERM and SIGHUP as one exception, raised once: whoever takes things down is not interrupted again."""

import contextlib
import signal
from collections.abc import Iterator

NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """We were told to stop, by signal `number`."""

    def __init__(self, number: int):
        super().__init__(f"stopped by signal {number}")
        self.number = number


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    before = {number: signal.signal(number, _raise) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, _frame: object) -> None:
    for each in NUMBERS:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)
