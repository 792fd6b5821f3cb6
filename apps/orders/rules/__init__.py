"""The decisions of an order on plain values: its words, its moves, its money, its days."""

from .hours import seen_to_by
from .moves import BUYER, MOVES, SELLER, SYSTEM, Move, moves_of
from .states import ENDED, HAS_LEFT, WAITS_FOR_SELLER, Compliance, OnShort, Payment, State, Why

__all__ = [
    "BUYER",
    "ENDED",
    "HAS_LEFT",
    "MOVES",
    "SELLER",
    "SYSTEM",
    "WAITS_FOR_SELLER",
    "Compliance",
    "Move",
    "OnShort",
    "Payment",
    "State",
    "Why",
    "moves_of",
    "seen_to_by",
]
