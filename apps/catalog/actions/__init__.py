"""The catalog's verbs."""

from .effects import Effects, LineEffect, effects, effects_of
from .held import discard, hold, pass_by, release
from .matches import link, make_new, reject, skip, undo
from .quarantine import ignore, reopen, replay
from .syncs import SyncRequest, enqueue_sync, sync_now

__all__ = [
    "Effects",
    "LineEffect",
    "SyncRequest",
    "discard",
    "effects",
    "effects_of",
    "enqueue_sync",
    "hold",
    "ignore",
    "link",
    "make_new",
    "pass_by",
    "reject",
    "release",
    "reopen",
    "replay",
    "skip",
    "sync_now",
    "undo",
]
