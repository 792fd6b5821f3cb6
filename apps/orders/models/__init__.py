"""Tables of orders."""

from .billing import CreditNote, Invoice, InvoiceLine, Payment
from .delivery import DeliveryRule, DeliveryRuleBuyer
from .orders import Order, OrderLine
from .saved import SavedView
from .story import Message, OrderEvent, Photo, Proposal, Return, Shortfall, TrackingEvent
from .taxes import TaxRule
from .terms import TradeTerms

__all__ = [
    "CreditNote",
    "DeliveryRule",
    "DeliveryRuleBuyer",
    "Invoice",
    "InvoiceLine",
    "Message",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Payment",
    "Photo",
    "Proposal",
    "Return",
    "SavedView",
    "Shortfall",
    "TaxRule",
    "TrackingEvent",
    "TradeTerms",
]
