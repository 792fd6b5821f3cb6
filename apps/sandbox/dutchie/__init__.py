"""Dutchie, played from its own wire: the POS, and the back office as a second counter over the same world."""

from .backoffice import Backoffice
from .pos import Pos

__all__ = ["Backoffice", "Pos"]
