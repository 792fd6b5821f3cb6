"""The back office's operations: the audit trail, jobs, roads to the outside, the timetable."""

from .jobs import JobAdmin
from .outbound import BreakerAdmin, OutboundCallAdmin
from .timetable import TimetableAdmin
from .trail import AuditAdmin

__all__ = ["AuditAdmin", "BreakerAdmin", "JobAdmin", "OutboundCallAdmin", "TimetableAdmin"]
