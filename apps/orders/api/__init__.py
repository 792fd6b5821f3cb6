"""JSON, for programs: orders, their moves and their story."""

from .documents import Document
from .orders import OneOrder, Orders
from .story import Events, Messages, Tracking
from .transitions import Transitions

__all__ = ["Document", "Events", "Messages", "OneOrder", "Orders", "Tracking", "Transitions"]
