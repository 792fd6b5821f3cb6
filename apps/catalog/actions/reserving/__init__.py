"""Promising stock to orders: hold at submit, allocate packages at accept, consume at ship, release whenever it ends.

Every verb runs in the caller's transaction and in the seller's scope, locks the shelf lines in the order of their keys,
and says no by raising `Short`; nothing is ever cut down to what is there.
"""

from .allocating import Pick, allocate, picks
from .holding import Short, ShortLine, Want, as_seller, hold, hold_instead, release
from .leaving import consume, settle_seen, take_back, unseen
from .reconciling import Difference, mend, reconcile

__all__ = [
    "Difference",
    "Pick",
    "Short",
    "ShortLine",
    "Want",
    "allocate",
    "as_seller",
    "consume",
    "hold",
    "hold_instead",
    "mend",
    "picks",
    "reconcile",
    "release",
    "settle_seen",
    "take_back",
    "unseen",
]
