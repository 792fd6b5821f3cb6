"""One name matcher for two product lists and for the sync. Pure: no tables, no files, no clock."""

from .lists import Pair, match_lists
from .said import Item

__all__ = ["Item", "Pair", "match_lists"]
