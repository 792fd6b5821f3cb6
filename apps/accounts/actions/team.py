"""Who belongs to an organization: roles given and changed, members removed. Somebody always leads it."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import rules
from apps.accounts.models import Location, Membership, Organization, User
from apps.core import audit
from apps.core.errors import Refused
from apps.core.scope import everyone

from . import api_keys, sessions


class TeamRefused(Refused):
    code, status = "team-refused", 422


class LastOwner(Refused):
    """An organization nobody leads could never be led again."""

    code, status = "last-owner", 409


@transaction.atomic
def add_member(*, organization: Organization, user: User, roles: list[str], locations=(), by) -> Membership:
    """Join the organization. Who is a member already keeps what they have. In a scope that may write there."""
    check_roles(organization, roles, locations)
    row, new = Membership.objects.get_or_create(
        user=user,
        organization=organization,
        defaults={"roles": sorted(set(roles)), "locations": list(locations), "role": rules.Role.VIEWER},
    )
    if new:
        audit.record(by, "membership.added", row, organization=organization, user=user.email, roles=row.roles)
        sessions.make_stale(user.pk)
    return row


@transaction.atomic
def change_member(*, member: Membership, roles: list[str], locations: Iterable = (), by) -> Membership:
    """Other roles or locations, from the person's next request on. Raises LastOwner, TeamRefused."""
    row = _locked(member)
    check_roles(row.organization, roles, locations)
    was = {"roles": row.roles, "locations": [str(one) for one in row.locations]}
    row.roles, row.locations = sorted(set(roles)), list(locations)
    if rules.tier_of(row.organization.side, row.roles) != rules.Role.OWNER:
        _keep_an_owner(row)
    row.save()
    told = {"roles": row.roles, "locations": [str(one) for one in row.locations]}
    audit.record(by, "membership.changed", row, organization=row.organization, was=was, now=told)
    sessions.make_stale(row.user_id)
    return row


@transaction.atomic
def remove_member(*, member: Membership, by, now: datetime) -> None:
    """Nothing of the organization is theirs from the next request on; keys they made stop. Raises LastOwner."""
    row = _locked(member)
    _keep_an_owner(row)
    api_keys.revoke_keys_of(user=row.user_id, organization=row.organization, by=by, now=now)
    audit.record(by, "membership.removed", row, organization=row.organization, user=row.user.email, roles=row.roles)
    row.delete()
    sessions.make_stale(row.user_id)


@transaction.atomic
def set_limit(*, organization: Organization, limit: Decimal | None, by) -> None:
    """Orders of more than this ask who the buyer is once more; None is the platform's own limit."""
    row = Organization.objects.select_for_update().get(pk=organization.pk)
    was, row.confirm_above = row.confirm_above, limit
    row.save(update_fields=["confirm_above"])
    audit.record(by, "organization.limit_set", row, organization=row, was=_told(was), now=_told(limit))


def _told(limit: Decimal | None) -> str:
    return "" if limit is None else str(limit)


def check_roles(organization: Organization, roles: list[str], locations: Iterable) -> None:
    """Raises TeamRefused for roles of the other side and for locations of others."""
    if not roles or set(roles) - set(rules.ROLES[organization.side]):
        raise TeamRefused(_("Choose at least one role."), errors={"roles": [_("Choose at least one role.")]})
    wanted = set(locations)
    own = Location.objects.filter(organization=organization, pk__in=wanted).count()
    if own != len(wanted):
        raise TeamRefused(_("Not all of these are locations of yours."), errors={"locations": [_("Choose again.")]})


def _locked(member: Membership) -> Membership:
    """One change of a team at a time: two owners must not remove each other."""
    Organization.objects.select_for_update().get(pk=member.organization_id)
    return Membership.objects.select_related("organization", "user").get(pk=member.pk)


def needed(leaving: Iterable[Membership]) -> list[Membership]:
    """Of those who would leave or lead no longer, all at once: the owners after whom nobody would lead."""
    owners = [row for row in leaving if row.role == rules.Role.OWNER]
    with everyone("counting those who lead"):
        leading = Membership.objects.filter(role=rules.Role.OWNER, user__is_active=True)
        rest = leading.filter(organization__in=[row.organization_id for row in owners])
        led = set(rest.exclude(pk__in=[row.pk for row in owners]).values_list("organization", flat=True))
    return [row for row in owners if row.organization_id not in led]


def _keep_an_owner(leaving: Membership) -> None:
    if needed([leaving]):
        raise LastOwner(_("Nobody else leads this organization. Give somebody that role first."))
