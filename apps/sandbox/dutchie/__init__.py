"""Dutchie, played from its own wire: the POS. (The back office is a second counter beside it.)"""

from .pos import Pos

__all__ = ["Pos"]
