"""What other pages ask about receiving: `{% load receiving %}`."""

from django import template

from apps.compliance import incoming
from apps.compliance.models import Transfer

register = template.Library()


@register.filter
def receives(membership) -> bool:
    """Whether the member may receive anywhere."""
    return membership is not None and incoming.may_receive(membership)


@register.simple_tag
def transfer_of_manifest(membership, number: str) -> Transfer | None:
    """The transfer on its way to the member's sites under this manifest number; None where METRC shows none yet."""
    if not (membership and number):
        return None
    return incoming.transfers(membership).filter(manifest_number=number).first()
