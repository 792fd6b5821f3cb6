"""Worker processes, forked once everything is imported, each with connections of its own; they end by SIGKILL."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess

fork = multiprocessing.get_context("fork")


def start(work: Callable[[], None]) -> BaseProcess:
    """Connections of this process have to be closed before."""
    process = fork.Process(target=work, daemon=True)
    process.start()
    return process


def kill(process: BaseProcess) -> None:
    process.kill()
    process.join()


@contextmanager
def forked(work: Callable[[], None], *, count: int) -> Iterator[list[BaseProcess]]:
    """The list may be changed: who is in it at the end is killed."""
    processes = [start(work) for _ in range(count)]
    try:
        yield processes
    finally:
        for process in processes:
            kill(process)
