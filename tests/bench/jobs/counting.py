"""The task that all contestants do, one INCR, and the clock outside them: from the first completion to the last."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import redis

from reup.bench.bench import WrongAnswer

TASKS = 4_000
PATIENCE = 20


class Counter:
    """Under `name` in Redis. The first and the last of `tasks` write down when they were done."""

    def __init__(self, url: str, name: str, tasks: int):
        self.redis = redis.Redis.from_url(url, socket_timeout=None)
        self.name, self.tasks = name, tasks

    def count(self) -> None:
        if self.redis.incr(self.name) in (1, self.tasks):
            self.redis.rpush(f"{self.name}:at", time.time())

    def seconds(self) -> float:
        first, last = (self._moment() for _ in range(2))
        return last - first

    def _moment(self) -> float:
        found = self.redis.blpop([f"{self.name}:at"], timeout=PATIENCE)
        if not found:
            raise WrongAnswer(f"{int(self.redis.get(self.name) or 0)} of {self.tasks} jobs were done.")
        return float(found[1])

    def forget(self) -> None:
        self.redis.delete(self.name, f"{self.name}:at")


def counted(work: Callable[[Counter], AbstractContextManager], tasks: int) -> float:
    """Jobs a second. `work(counter)` has filled the queue and runs two workers until the block ends."""
    from django.conf import settings

    counter = Counter(settings.LIVE_REDIS_URL, f"{settings.REDIS_PREFIX}jobs", tasks)
    counter.forget()
    with work(counter):
        seconds = counter.seconds()
        time.sleep(0.2)  # one that is done twice would be counted now
    if (count := int(counter.redis.get(counter.name))) != tasks:
        raise WrongAnswer(f"{count} jobs were done of {tasks}.")
    return tasks / seconds
