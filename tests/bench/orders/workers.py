"""Processes that do a step again and again, all at once: each with its own connection, started before the clock."""

import multiprocessing
import time

from django.db import connection, connections

fork = multiprocessing.get_context("fork")


class Workers:
    """`work(worker, n)` is called by each; it returns a callable that is then timed."""

    def __init__(self, count: int, work):
        self.count, self.work = count, work

    def __enter__(self):
        connections.close_all()
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.join(5)
            if process.is_alive():
                process.kill()

    def run(self, each: int) -> float:
        """Seconds from the common start until the last has done its share."""
        ready, ends = fork.Barrier(self.count + 1), fork.Queue()
        self.processes = [
            fork.Process(target=_work, args=(self.work, number, each, ready, ends), daemon=True)
            for number in range(self.count)
        ]
        for process in self.processes:
            process.start()
        ready.wait(60)
        began = time.perf_counter()
        failures = [ends.get(timeout=300) for _ in self.processes]
        seconds = time.perf_counter() - began
        if wrong := [one for one in failures if one]:
            raise RuntimeError(wrong[0])
        return seconds


def _work(work, number: int, each: int, ready, ends) -> None:
    try:
        connection.ensure_connection()
        with work(number, each) as step:
            ready.wait(60)
            step()
        ends.put("")
    except BaseException as error:  # the parent waits for an answer, whatever went wrong here
        ready.abort()
        ends.put(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()
