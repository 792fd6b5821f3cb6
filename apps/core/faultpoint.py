"""Named points where a test may kill, stop or slow a worker; in production they are nothing.

`REUP_FAULTPOINT=before update:kill` kills the process with SIGKILL as it comes by; `before update:until=FILE` keeps it
there until that file exists.
"""

import os
import signal
import time

_name, _, _what = os.environ.get("REUP_FAULTPOINT", "").partition(":")


def faultpoint(name: str) -> None:
    if name != _name:
        return
    if _what == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if _what.startswith("until="):
        while not os.path.exists(_what.removeprefix("until=")):
            time.sleep(0.02)
