"""The back office's compliance: the METRC desk, facilities, drivers and vehicles, the mirror, rules for answers."""

from .facilities import FacilityAdmin
from .mirror import DiscrepancyAdmin, PackageAdmin, TagAdmin, TransferAdmin
from .people import DriverAdmin, VehicleAdmin
from .reports import ReportAdmin
from .rules import ErrorRuleAdmin
from .windows import CapabilityAdmin, MaintenanceWindowAdmin

__all__ = [
    "CapabilityAdmin",
    "DiscrepancyAdmin",
    "DriverAdmin",
    "ErrorRuleAdmin",
    "FacilityAdmin",
    "MaintenanceWindowAdmin",
    "PackageAdmin",
    "ReportAdmin",
    "TagAdmin",
    "TransferAdmin",
    "VehicleAdmin",
]
