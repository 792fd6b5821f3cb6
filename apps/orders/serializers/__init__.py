"""Shapes in and out."""

from .asked import DraftInput, MessageInput, OrderInput, OrderQuery, PageQuery
from .moves import TransitionInput
from .orders import ChoiceOut, OrderOut
from .story import EventOut, OrderMessageOut, TrackOut

__all__ = [
    "ChoiceOut",
    "DraftInput",
    "EventOut",
    "MessageInput",
    "OrderMessageOut",
    "OrderInput",
    "OrderOut",
    "OrderQuery",
    "PageQuery",
    "TrackOut",
    "TransitionInput",
]
