"""The drawer: package tags that METRC lists as unused. It says all it has at once; so many of them are kept."""

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.compliance.models import Cursor, Facility, Tag
from apps.gateways.base import Declined
from apps.gateways.metrc.licence import Metrc

log = structlog.get_logger(__name__)
ENDPOINT = "tags"
MOST = 2_000  # the lowest numbers first: a roll is used from its beginning
State = Tag.State


def read(metrc: Metrc, facility: Facility) -> None:
    """Of who ships. A key that may not look into the drawer keeps nothing else from being read; staff are told why."""
    if not facility.organization.sells:
        return
    try:
        labels = sorted({row.label[:40] for row in metrc.tags() if row.label})[:MOST]
    except Declined as refused:
        log.warning("tags_refused", facility=facility.number, reason=refused.reason)
        noted(facility, refused.reason)
        return
    write(facility, labels)
    noted(facility, "")


@transaction.atomic
def write(facility: Facility, labels: list[str]) -> None:
    """New ones are free, missing ones are not given out any more; an empty list is believed of nobody (metrc.md §4.1
    #19). What is reserved or used stays so, whatever a list that lags behind says."""
    if not labels:
        return
    now, known = timezone.now(), Tag.objects.filter(facility=facility)
    new = set(labels) - set(known.values_list("label", flat=True))
    own = {"organization_id": facility.organization_id, "facility": facility, "read_at": now}
    Tag.objects.bulk_create([Tag(label=label, **own) for label in sorted(new)], ignore_conflicts=True)
    _set(known.filter(state=State.GONE, label__in=labels), state=State.FREE, read_at=now)
    listed = Q(label__lte=labels[-1]) if len(labels) == MOST else Q()
    _set(known.filter(listed, state=State.FREE).exclude(label__in=labels), state=State.GONE)


def _set(tags, **values) -> None:
    """Locked in the order that orders lock them in."""
    found = list(tags.order_by("label").select_for_update().values_list("pk", flat=True))
    Tag.objects.filter(pk__in=found).update(**values)


def noted(facility: Facility, reason: str) -> None:
    now = timezone.now()
    values = {"organization_id": facility.organization_id, "until_at": now, "read_at": now, "reason": reason[:240]}
    Cursor.objects.update_or_create(facility=facility, endpoint=ENDPOINT, defaults=values)
