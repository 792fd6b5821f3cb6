"""What METRC answers and what is filed with it, as frozen values in its own names, written our way.

Texts are "" where METRC says null; quantities are Decimal in the package's own unit; moments (`_at`, `last_modified`)
are UTC; wall-clock fields (`_local`) carry no zone: they mean the shipper's clock.
"""

from apps.gateways.metrc.payloads.filing import (
    Accepted,
    Adjustment,
    Destination,
    Ingredient,
    Leg,
    Line,
    NewPackage,
    Receipt,
    ReceivedPackage,
    Registration,
    Template,
)
from apps.gateways.metrc.payloads.packages import Adjusted, AdjustReason, Available, Item, LabResult, Package
from apps.gateways.metrc.payloads.places import Driver, Employee, Facility, FacilityType, License, Named, Unit, Vehicle
from apps.gateways.metrc.payloads.refusals import Refusal, is_stumble, read_refusals
from apps.gateways.metrc.payloads.rows import BadRow, Rows
from apps.gateways.metrc.payloads.transfers import (
    Delivery,
    DeliveryPackage,
    File,
    FiledTemplate,
    Transfer,
    TransferType,
    Transporter,
    TransporterDetails,
    WholesalePrice,
)
from apps.gateways.metrc.payloads.windows import LONGEST_WINDOW, windows

__all__ = [
    "LONGEST_WINDOW",
    "Accepted",
    "AdjustReason",
    "Adjusted",
    "Adjustment",
    "Available",
    "BadRow",
    "Delivery",
    "DeliveryPackage",
    "Destination",
    "Driver",
    "Employee",
    "Facility",
    "FacilityType",
    "File",
    "FiledTemplate",
    "Ingredient",
    "Item",
    "LabResult",
    "Leg",
    "License",
    "Line",
    "Named",
    "NewPackage",
    "Package",
    "Receipt",
    "ReceivedPackage",
    "Refusal",
    "Registration",
    "Rows",
    "Template",
    "Transfer",
    "TransferType",
    "Transporter",
    "TransporterDetails",
    "Unit",
    "Vehicle",
    "WholesalePrice",
    "is_stumble",
    "read_refusals",
    "windows",
]
