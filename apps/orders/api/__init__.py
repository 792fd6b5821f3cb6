"""JSON, for programs: orders, their moves and their story."""

from .orders import OneOrder, Orders
from .story import Events, Messages, Tracking
from .transitions import Transitions

__all__ = ["Events", "Messages", "OneOrder", "Orders", "Tracking", "Transitions"]
