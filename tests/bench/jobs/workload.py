"""What is measured, and the goals."""

from functools import partial
from statistics import median

from reup.bench.bench import Bench

from . import celery_peer, limit, ours
from .counting import TASKS, counted
from .killing import under_kills
from .waiting import sweep_seconds

CELERY, LIMIT = "Celery on Redis, acks late", "SKIP LOCKED, 200 a claim"


def run(bench: Bench) -> None:
    tasks = 1_000 if bench.quick else TASKS
    found = bench.case(
        name="drain no-op jobs",
        size=f"{tasks:,} jobs, 2 workers",
        unit="jobs/s",
        itself=True,
        reup=partial(counted, ours.work, tasks),
        peers={CELERY: partial(counted, celery_peer.work, tasks)},
        limit={LIMIT: partial(counted, limit.work, tasks)},
        share=0.6,
    )
    bench.goal("drained beside Celery with acks_late", found.times(CELERY), at_least=5, reach=12)
    for what, count in under_kills(3_000 if bench.quick else 20_000).items():
        bench.goal(f"a worker killed every second: {what}", count, at_most=0, reach=0)
    few, many = 1_000, 10_000 if bench.quick else 100_000
    flat = median(sweep_seconds(many)) / median(sweep_seconds(few))
    bench.goal(f"a sweep over {many:,} waiting jobs, times one over {few:,}", flat, at_most=2, reach=1.3)
