"""Shapes in and out."""

from .asked import InventoryQuery, ProductQuery, RunQuery, SyncInput
from .runs import RunDetail, RunOut, SyncAnswer
from .stock import LineDetail, LineOut, ProductOut

__all__ = [
    "InventoryQuery",
    "LineDetail",
    "LineOut",
    "ProductOut",
    "ProductQuery",
    "RunDetail",
    "RunOut",
    "RunQuery",
    "SyncAnswer",
    "SyncInput",
]
