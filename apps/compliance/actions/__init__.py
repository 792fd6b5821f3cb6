"""Compliance's verbs."""

from .filing import ConflictingReport, file_adjustment, file_correction
from .moving import IllegalMove
from .transfers import file_transfer, void_transfer

__all__ = [
    "ConflictingReport",
    "IllegalMove",
    "file_adjustment",
    "file_correction",
    "file_transfer",
    "void_transfer",
]
