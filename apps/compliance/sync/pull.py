"""One facility's mirror, read anew: whose key this is, the state's words, packages, transfers."""

import structlog
from django.utils import timezone

from apps.compliance.actions.door import door
from apps.compliance.models import Cursor, Facility
from apps.core.errors import Refused
from apps.core.locks import only_one
from apps.gateways.base import GatewayError

from . import account, packages, tags, transfers, words

log = structlog.get_logger(__name__)
STEPS = (account.read, words.read, tags.read, packages.read, transfers.read)


def pull_mirror(*, facility: Facility) -> str:
    """Every step reads on from where it stood; a failed one leaves the rest to the next time. Returns why it stopped,
    "" when it did not. Nothing read is "unknown", never "none"."""
    with only_one(f"mirror:{facility.pk}") as lease:
        if not lease:
            return "busy"
        try:
            return _walk(facility)
        except Refused as refused:
            return refused.detail


def pull_tags(*, facility: Facility) -> str:
    """The drawer of tags alone. Returns why it could not be read, "" when it could."""
    try:
        metrc = door(facility)
    except Refused as refused:
        return refused.detail
    try:
        tags.read(metrc, facility)
    except GatewayError as failed:
        log.warning("tags_not_read", facility=facility.number, reason=failed.reason)
        tags.noted(facility, failed.reason)
        return failed.reason
    finally:
        metrc.close()
    return ""


def _walk(facility: Facility) -> str:
    metrc = door(facility)
    try:
        for step in STEPS:
            step(metrc, facility)
    except GatewayError as failed:
        log.warning("mirror_stopped", facility=facility.number, reason=failed.reason)
        Cursor.objects.filter(facility=facility).update(reason=failed.reason[:240])
        return failed.reason
    finally:
        metrc.close()
    Facility.objects.filter(pk=facility.pk).update(last_ok_at=timezone.now())
    return ""
