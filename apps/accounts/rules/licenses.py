"""When a licence holds, and when its end is told: on dates, in the zone of the site it is for."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

WARN_DAYS = (60, 30, 14, 7, 1)  # before the last day (features F4)
ENDED = 0  # the warning of the day after


class LicenseKind(TextChoices):
    RETAIL = "retail", _("Retail")
    PROCESSING = "processing", _("Processing")
    CULTIVATION = "cultivation", _("Cultivation")
    DISTRIBUTION = "distribution", _("Distribution")
    TRANSPORT = "transport", _("Transport")
    TESTING = "testing", _("Testing")


class LicenseStatus(TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REVOKED = "revoked", _("Revoked")


def is_valid_on(license: Any, on: date) -> bool:
    """Whether it holds on that day: from its first day through its last, and neither suspended nor revoked."""
    return bool(license.status == LicenseStatus.ACTIVE and license.valid_from_date <= on <= license.valid_until_date)


def local_date(zone: str, moment: datetime) -> date:
    """The day it is at a site. `moment` is aware; a licence ends at the site's midnight, not at UTC's."""
    return moment.astimezone(ZoneInfo(zone)).date()


def warning_due(days_left: int) -> int | None:
    """Which warning stands when the last day is so many days ahead: the nearest of WARN_DAYS, ENDED once it has passed,
    None while there is time."""
    if days_left < 0:
        return ENDED
    return next((days for days in sorted(WARN_DAYS) if days_left <= days), None)
