"""One name matcher for two product lists and for the sync. Pure: no tables, no files, no clock."""

from .lists import Pair, match_lists
from .names import Answer, Found, Names
from .said import Item

__all__ = ["Answer", "Found", "Item", "Names", "Pair", "match_lists"]
