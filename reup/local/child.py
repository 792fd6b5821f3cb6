"""Processes that end when we do: each in a session of its own, told to stop by the kernel when its parent dies."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # elsewhere a SIGKILL of ours leaves children behind


def spawn(command: Sequence[str], *, dies_with: int = signal.SIGTERM, **options: Any) -> subprocess.Popen:
    """Start `command`. The kernel sends it `dies_with` when the thread that called us ends, however it ends."""
    parent = os.getpid()

    def tie_to_parent() -> None:  # runs after setuid, which would undo it
        if LIBC:
            LIBC.prctl(PR_SET_PDEATHSIG, dies_with)
            if os.getppid() != parent:
                os._exit(1)

    options = {"start_new_session": True, "stdin": subprocess.DEVNULL, "preexec_fn": tie_to_parent} | options
    return subprocess.Popen(command, **options)


def stop(process: subprocess.Popen, *, by: int = signal.SIGTERM, patience: float = 10) -> None:
    """Ask, wait `patience` seconds, then kill; what the process itself started goes too."""
    if process.poll() is None:
        process.send_signal(by)
    finish(process, patience=patience)


def finish(process: subprocess.Popen, *, patience: float) -> None:
    """The same for a process that has been asked already: asked twice, some give up their last task."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience)
    kill_group(process)
    process.wait()


def kill_group(process: subprocess.Popen) -> None:
    """SIGKILL for every process of the group that `spawn` opened."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
