"""The back office's orders: the board, one order's desk, bulk answers, shortfalls. Only verbs move money and states."""

from .invoices import InvoiceAdmin
from .orders import OrderAdmin
from .trade import DeliveryRuleAdmin, TaxRuleAdmin, TradeTermsAdmin

__all__ = ["DeliveryRuleAdmin", "InvoiceAdmin", "OrderAdmin", "TaxRuleAdmin", "TradeTermsAdmin"]
