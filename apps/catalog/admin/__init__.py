"""The back office's catalog: products, stock, matches to look at, rows set aside, and runs."""

from .matches import ProductLinkAdmin
from .products import BrandAdmin, CategoryAdmin, ProductAdmin
from .quarantine import QuarantinedRowAdmin
from .runs import RunAdmin
from .stock import ShelfLineAdmin, StockItemAdmin

__all__ = [
    "BrandAdmin",
    "CategoryAdmin",
    "ProductAdmin",
    "ProductLinkAdmin",
    "QuarantinedRowAdmin",
    "RunAdmin",
    "ShelfLineAdmin",
    "StockItemAdmin",
]
