"""Tables of what the state must know and of what it told us."""

from .desk import Capability, Discrepancy, ErrorRule, Outage
from .facilities import Facility
from .manifests import Driver, Manifest, Vehicle
from .mirror import Cursor, Package, Transfer, TransferPackage, Word
from .receipts import ReceiptLine
from .reports import Report, ReportAttempt
from .tags import Tag
from .windows import MaintenanceWindow

__all__ = [
    "Capability",
    "Cursor",
    "Discrepancy",
    "Driver",
    "ErrorRule",
    "Facility",
    "MaintenanceWindow",
    "Manifest",
    "Outage",
    "Package",
    "ReceiptLine",
    "Report",
    "ReportAttempt",
    "Tag",
    "Transfer",
    "TransferPackage",
    "Vehicle",
    "Word",
]
