"""Two transactions that wait for each other: PostgreSQL sends one of them away, and that one may simply try again."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, SerializationFailure

log = structlog.get_logger(__name__)
CROSSED = (DeadlockDetected, SerializationFailure)
Done = TypeVar("Done")


def once_more(work: Callable[[], Done]) -> Done:
    """Do `work`, which is a transaction or a part of one that can be taken back; a second time where it was sent away
    because it crossed another. Twice in a row is the caller's to hear of."""
    try:
        return work()
    except OperationalError as error:
        if not isinstance(error.__cause__, CROSSED):
            raise
        log.info("crossed", error=type(error.__cause__).__name__)
    return work()
