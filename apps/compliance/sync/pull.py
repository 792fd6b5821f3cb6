"""One facility's mirror, read anew: whose key this is, the state's words, packages, transfers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from math import inf

import structlog
from django.utils import timezone

from apps.compliance.actions.door import door, lease_name
from apps.compliance.actions.limits import Limits
from apps.compliance.models import Cursor, Facility, Package, Transfer
from apps.core.errors import Refused
from apps.core.locks import only_one
from apps.gateways.base import GatewayError
from apps.gateways.metrc.licence import Metrc

from . import account, packages, tags, transfers, words

log = structlog.get_logger(__name__)
# By the name of the cursor that says when each was read last; a step may offer pauses.
Step = Callable[[Metrc, Facility], Iterator[None] | None]
LISTS: dict[str, Step] = {
    **{f"packages/{place}": partial(packages.read, place) for place in Package.Place.values},
    **{f"transfers/{way}": partial(transfers.read, way) for way in Transfer.Direction.values},
}
STEPS: dict[str, Step] = {"account": account.read, "words": words.read, tags.ENDPOINT: tags.read, **LISTS}
STEPS |= {"papers": transfers.papers}
BUSY = "busy"


@dataclass(frozen=True)
class Pulled:
    """`why` it stopped, "" when all was read; `again`, in so many seconds it is worth going on, None where the
    timetable says when."""

    why: str = ""
    again: float | None = None


def pull_mirror(*, facility: Facility, asked_at: datetime | None = None, limits: Limits | None = None) -> Pulled:
    """Every step that was not taken since `asked_at` (now, unless told otherwise) reads on from where it stood, the one
    taken longest ago first; a failed one leaves the rest to the next time. Nothing read is "unknown", never "none"."""
    with only_one(lease_name(facility)) as lease:
        if not lease:
            return Pulled(BUSY, again=1)
        try:
            return _walk(facility, asked_at or timezone.now(), limits or Limits.of(seconds=inf))
        except Refused as refused:
            return Pulled(refused.detail)


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


def _walk(facility: Facility, asked_at: datetime, limits: Limits) -> Pulled:
    metrc = door(facility)
    try:
        for name in _old(facility, asked_at):
            if not limits.left(metrc.line.calls) or not _taken(name, metrc, facility, limits):
                return Pulled(again=0)
    except GatewayError as failed:
        log.warning("mirror_stopped", facility=facility.number, reason=failed.reason)
        Cursor.objects.filter(facility=facility).update(reason=failed.reason[:240])
        return Pulled(failed.reason, again=getattr(failed, "retry_after", None))
    finally:
        metrc.close()
    Facility.objects.filter(pk=facility.pk).update(last_ok_at=timezone.now())
    return Pulled()


def _old(facility: Facility, asked_at: datetime) -> list[str]:
    """The steps that were not taken since, the oldest first."""
    read = dict(Cursor.objects.filter(facility=facility).values_list("endpoint", "until_at"))
    never = datetime.min.replace(tzinfo=UTC)
    old = [name for name in STEPS if read.get(name, never) < asked_at]
    return sorted(old, key=lambda name: read.get(name, never))


def _taken(name: str, metrc: Metrc, facility: Facility, limits: Limits) -> bool:
    """Whether the step came to its end."""
    now = timezone.now()
    for _pause in STEPS[name](metrc, facility) or ():
        if not limits.left(metrc.line.calls):
            return False
    if name not in LISTS:  # those move their cursors themselves
        own = {"organization_id": facility.organization_id, "until_at": now, "read_at": now}
        Cursor.objects.update_or_create(facility=facility, endpoint=name, defaults=own)
    return True
