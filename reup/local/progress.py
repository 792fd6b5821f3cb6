"""Words on the terminal while something starts: what, and how many seconds it took."""

import contextlib
import sys
import time
from collections.abc import Iterator


def say(text: str, *, end: str = "\n", result: bool = False) -> None:
    """Progress goes to standard error, results to standard output; a closed terminal stops nothing."""
    with contextlib.suppress(OSError):
        print(text, end=end, file=sys.stdout if result else sys.stderr, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """A line such as `database      0.4 s`."""
    say(f"  {name:<12}", end="")
    started = time.monotonic()
    try:
        yield
    except BaseException:
        say("  stopped")
        raise
    say(f"{time.monotonic() - started:5.1f} s")
