"""The back office's orders: the board, one order's desk, bulk answers, shortfalls. Only verbs move money and states."""

from .orders import OrderAdmin

__all__ = ["OrderAdmin"]
