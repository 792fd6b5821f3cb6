"""Reports of 100 licences at METRC's limits, with 429 and 500; the queue beside Celery's bare calls."""


def run(bench) -> None:
    from .workload import run  # Celery's own worker imports this package without Django

    run(bench)
