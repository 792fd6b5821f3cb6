"""Licences: the one question orders ask, entering and changing one, and telling of those that end."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts import rules
from apps.accounts.models import License, LicenseWarning, Location, Membership, User
from apps.core import audit, jobs, mail
from apps.core.errors import Refused
from apps.core.push import push
from apps.core.scope import scope

LATE_DAYS = 30  # what ended longer ago is history, entered for the record


class LicenseRefused(Refused):
    code, status = "license-invalid", 422


def license_for(location, on: date) -> License | None:
    """The licence under which a location (one, or its id) works on a day of its own calendar; the one that holds
    longest where there are several, None where there is none. Ask in a scope that sees the location: one's own, or a
    partner's."""
    held = License.objects.filter(location=getattr(location, "pk", location)).valid_on(on)
    return held.order_by("-valid_until_date", "number").first()


@transaction.atomic
def save_license(*, license: License, by) -> License:
    """Enter a licence or change it; who may is the face's to ask. Raises LicenseRefused for what cannot be."""
    if license.valid_until_date < license.valid_from_date:
        raise LicenseRefused(_("The last day lies before the first."), errors={"valid_until_date": [_("Too early.")]})
    alike = License.objects.filter(
        location=license.location_id, number=license.number, valid_from_date=license.valid_from_date
    )
    if alike.exclude(pk=license.pk).exists():
        raise LicenseRefused(_("This licence is in the registry already."), errors={"number": [_("Already there.")]})
    new = license._state.adding
    license.save()
    audit.record(by, "license.added" if new else "license.changed", license, **_told(license))
    return license


@transaction.atomic
def remove_license(*, license: License, by) -> None:
    """One entered by mistake. What has ended is kept: orders were shipped under it."""
    audit.record(by, "license.removed", license, **_told(license))
    license.delete()


def warn_of_ends(*, now: datetime) -> int:
    """Write the warnings that are due and not told yet, each once; returns how many. In a scope that sees everyone."""
    rows = License.objects.filter(status=rules.LicenseStatus.ACTIVE, location__is_active=True)
    return sum(_warn(license, now) for license in rows.select_related("location").iterator(500))


@transaction.atomic
def _warn(license: License, now: datetime) -> bool:
    left = (license.valid_until_date - rules.local_date(license.location.zone, now)).days
    days = rules.warning_due(left)
    if days is None or left < -LATE_DAYS or _renewed(license):
        return False
    told = {"license_id": license.pk, "until_date": license.valid_until_date, "days": days}
    if LicenseWarning.objects.filter(**told).exists():
        return False
    with scope(license.organization_id):
        LicenseWarning.objects.create(organization_id=license.organization_id, told_at=now, **told)
        _tell_keepers(license, ended=days == rules.ENDED)
    return True


def _renewed(license: License) -> bool:
    """Another of the same number goes on after it."""
    later = License.objects.filter(location=license.location_id, number=license.number)
    return later.filter(valid_until_date__gt=license.valid_until_date, status=rules.LicenseStatus.ACTIVE).exists()


def _tell_keepers(license: License, *, ended: bool) -> None:
    """Live news and a letter to each who keeps licences there."""
    members = Membership.objects.filter(organization=license.organization_id, user__is_active=True)
    for member in members.select_related("organization").order_by("user_id"):
        if rules.may("accounts.manage_licenses", member, license.location_id):
            jobs.enqueue("accounts.mail_license", license=license.pk, user=member.user_id)
            push(f"me.{member.user_id}", "license.expired" if ended else "license.expiring", **_told(license))


def write_of_end(*, license_id, user_id, now: datetime) -> None:
    """The letter: how long it still holds, by the calendar of its site."""
    license = License.objects.select_related("location", "organization").filter(pk=license_id).first()
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if license and user:
        left = (license.valid_until_date - rules.local_date(license.location.zone, now)).days
        mail.send(user.email, "license", name=user.get_full_name(), license=license, days=left, ended=left < 0)


def locations_of(organization) -> list[Location]:
    return list(Location.objects.filter(organization=organization, is_active=True).order_by("name"))


def _told(license: License) -> dict:
    return {
        "number": license.number,
        "location": str(license.location_id),
        "valid_until": license.valid_until_date.isoformat(),
        "status": str(license.status),
    }
