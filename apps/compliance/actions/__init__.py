"""Compliance's verbs."""

from .draining import drain
from .filing import ConflictingReport, file_adjustment, file_correction
from .holding import put_key, release, try_held
from .moving import IllegalMove
from .receiving import file_accept
from .transfers import file_transfer, void_transfer
from .watching import ask_mirror, raise_alarms, wake_due, wake_mirrors, with_work

__all__ = [
    "ConflictingReport",
    "IllegalMove",
    "ask_mirror",
    "drain",
    "file_accept",
    "file_adjustment",
    "file_correction",
    "file_transfer",
    "put_key",
    "raise_alarms",
    "release",
    "try_held",
    "void_transfer",
    "wake_due",
    "wake_mirrors",
    "with_work",
]
