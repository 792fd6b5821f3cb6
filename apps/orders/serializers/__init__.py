"""Shapes in and out."""

from .asked import DraftInput, MessageInput, OrderInput, OrderQuery, PageQuery
from .moves import DisputeForm, TransitionInput
from .orders import ChoiceOut, OrderOut
from .story import EventOut, OrderMessageOut, TrackOut

__all__ = [
    "ChoiceOut",
    "DisputeForm",
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
