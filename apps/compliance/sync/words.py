"""The state's own words: adjustment reasons and transfer types, once a day."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from msgspec import to_builtins

from apps.compliance.models import Facility, Word
from apps.gateways.metrc.licence import Metrc

DAILY = timedelta(hours=24)


def read(metrc: Metrc, facility: Facility) -> None:
    known = Word.objects.filter(facility=facility)
    if known.filter(read_at__gt=timezone.now() - DAILY).exists():
        return
    reasons, types = list(metrc.adjust_reasons()), list(metrc.transfer_types())
    rows = [_word(facility, Word.Kind.REASON, row) for row in reasons]
    rows += [_word(facility, Word.Kind.TRANSFER_TYPE, row) for row in types]
    with transaction.atomic():
        known.delete()
        Word.objects.bulk_create({(word.kind, word.name): word for word in rows}.values())


def _word(facility: Facility, kind: str, row) -> Word:
    flags = {name: value for name, value in to_builtins(row).items() if value is True}
    return Word(
        organization_id=facility.organization_id, facility=facility, kind=kind, name=row.name[:120], flags=flags
    )
