"""Tables of orders."""

from .orders import Order, OrderLine
from .story import Message, OrderEvent, Proposal, Return, TrackingEvent

__all__ = ["Message", "Order", "OrderEvent", "OrderLine", "Proposal", "Return", "TrackingEvent"]
