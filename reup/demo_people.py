"""The demo's people as `up` prints them: sign-in, and for who needs one a second factor, written down nowhere else."""

import json

from django.conf import settings
from django.utils import timezone

from apps.accounts.actions import factors
from apps.accounts.models import Authenticator, RecoveryCode, User
from apps.core.scope import everyone, scope
from reup.local import signin
from reup.local.places import write_private
from reup.management.commands.demo import sign_ins


def write_down() -> None:
    """Those who live in this database, into a file of this account's own. What it says already, and is true, stays."""
    kept = {person["email"]: person for person in signin.people(settings.VAR)}
    with everyone("whose sign-ins to print"):
        here = {user.email: user for user in User.objects.all()}
    people = [person | _factor(here[email], kept) for person in sign_ins() if (email := person["email"]) in here]
    write_private(settings.VAR / signin.PEOPLE, json.dumps(people))


def _factor(user: User, kept: dict) -> dict:
    """`{totp, recovery}` for a role that demands them. Lost ones can't be told again: they are made anew."""
    with scope(user=user.pk):
        if not user.needs_factor:
            return {}
        device = Authenticator.objects.filter(user=user, confirmed=True).first()
        known = {name: kept.get(user.email, {}).get(name) for name in ("totp", "recovery")}
        if device and known["recovery"] and device.secret == known["totp"]:
            return known
        return _made(user)


def _made(user: User) -> dict:
    """Taken into use as a person would: the first code is shown."""
    Authenticator.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    device = factors.offer(user)
    codes = factors.confirm(user, device.shows(), now=timezone.now())
    return {"totp": device.secret, "recovery": codes}
