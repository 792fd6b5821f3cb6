"""Who may act at the desk: by the roles one has in the organization whose row it is."""

from django.utils.translation import gettext as _

from apps.accounts.models import Membership
from apps.accounts.rules import may
from apps.core.errors import Refused

REDRIVE, OUTAGE = "compliance.redrive", "compliance.outage"
RECEIVE = "compliance.receive"  # a retailer's receiver sees to what became of it


def may_here(request, permission: str, organization_id) -> bool:
    if request.user.is_superuser:
        return True
    membership = Membership.objects.select_related("organization").filter(
        user=request.user, organization_id=organization_id
    )
    member = membership.first()
    receiver = permission == REDRIVE and member is not None and not member.organization.sells
    return may(permission, member) or (receiver and may(RECEIVE, member))


def needs(request, permission: str, organization_id) -> None:
    if not may_here(request, permission, organization_id):
        raise Refused(_("Your roles don't include this."), code="not-allowed")
