"""The back office's catalog: products, stock, matches to look at, rows set aside, and runs."""

from .matches import ProductLinkAdmin
from .prices import PackRuleAdmin, PriceListAdmin
from .products import BrandAdmin, CategoryAdmin, ProductAdmin
from .quarantine import QuarantinedRowAdmin
from .runs import RunAdmin
from .stock import ShelfLineAdmin, StockItemAdmin

__all__ = [
    "BrandAdmin",
    "CategoryAdmin",
    "PackRuleAdmin",
    "PriceListAdmin",
    "ProductAdmin",
    "ProductLinkAdmin",
    "QuarantinedRowAdmin",
    "RunAdmin",
    "ShelfLineAdmin",
    "StockItemAdmin",
]
