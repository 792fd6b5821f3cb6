"""Tables of products and of what lies where."""

from .decisions import Alias, MatchDecision, RejectedPair
from .held import HeldSnapshot
from .links import ProductLink
from .prices import PackRule, PriceList, PriceListBuyer, PriceRow
from .products import Brand, Category, Product
from .reservations import Reservation, StockIssue
from .runs import QuarantinedRow, StockChange
from .stock import ShelfLine, StockItem

__all__ = [
    "Alias",
    "Brand",
    "Category",
    "HeldSnapshot",
    "MatchDecision",
    "PackRule",
    "PriceList",
    "PriceListBuyer",
    "PriceRow",
    "Product",
    "ProductLink",
    "QuarantinedRow",
    "RejectedPair",
    "Reservation",
    "ShelfLine",
    "StockChange",
    "StockIssue",
    "StockItem",
]
