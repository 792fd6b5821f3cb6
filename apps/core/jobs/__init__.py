"""Later is a row with a name: written with its cause, claimed in batches, done under a lease and a fence.

Celery only brings the nudge. A job may run twice (its worker was killed after the work and before the mark), never not
at all.
"""

from .waiting import ATTEMPTS, QUEUES, again, enqueue, nudge, one_nudge, sweep
from .working import drain, fitting

__all__ = ["ATTEMPTS", "QUEUES", "again", "drain", "enqueue", "fitting", "nudge", "one_nudge", "sweep"]
