"""What the Dutchie POS answers, as frozen values: stock rows, product rows, and whose key it is."""

from apps.gateways.dutchie.payloads.identity import Identity, read_identity
from apps.gateways.dutchie.payloads.products import ProductRow, read_products
from apps.gateways.dutchie.payloads.reasons import Reason
from apps.gateways.dutchie.payloads.rows import BadRow, Kept, Known, Read
from apps.gateways.dutchie.payloads.stock import Amounts, Lab, Room, StockRow, Tag, read_inventory

__all__ = [
    "Amounts",
    "BadRow",
    "Identity",
    "Kept",
    "Known",
    "Lab",
    "ProductRow",
    "Read",
    "Reason",
    "Room",
    "StockRow",
    "Tag",
    "read_identity",
    "read_inventory",
    "read_products",
]
