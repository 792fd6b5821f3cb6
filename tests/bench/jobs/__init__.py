"""Draining no-op jobs with two workers, beside Celery on Redis; workers killed every second; a sweep over many rows."""


def run(bench) -> None:
    from .workload import run  # Celery's own worker imports this package without Django

    run(bench)
