"""Tables of products and of what lies where."""

from .links import ProductLink
from .products import Brand, Category, Product
from .runs import QuarantinedRow, StockChange
from .stock import ShelfLine, StockItem

__all__ = [
    "Brand",
    "Category",
    "Product",
    "ProductLink",
    "QuarantinedRow",
    "ShelfLine",
    "StockChange",
    "StockItem",
]
