"""Core's tables."""

from .audit import AuditEntry, AuditHead
from .base import Named, Stamped
from .hooks import InboundHook
from .idempotency import Answer
from .jobs import Job, Lease, Slot
from .outbound import Breaker, OutboundCall
from .runs import RunState, StepState, SyncRun, SyncStep
from .stream import StreamEvent, StreamTopic

__all__ = [
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Breaker",
    "InboundHook",
    "Job",
    "Lease",
    "Named",
    "OutboundCall",
    "RunState",
    "Slot",
    "Stamped",
    "StepState",
    "StreamEvent",
    "StreamTopic",
    "SyncRun",
    "SyncStep",
]
