"""Tables of products and of what lies where."""

from .decisions import Alias, MatchDecision, RejectedPair
from .held import HeldSnapshot
from .links import ProductLink
from .products import Brand, Category, Product
from .runs import QuarantinedRow, StockChange
from .stock import ShelfLine, StockItem

__all__ = [
    "Alias",
    "Brand",
    "Category",
    "HeldSnapshot",
    "MatchDecision",
    "Product",
    "ProductLink",
    "QuarantinedRow",
    "RejectedPair",
    "ShelfLine",
    "StockChange",
    "StockItem",
]
