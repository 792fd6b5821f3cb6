"""Invitations: written by who manages people, sent as a letter, accepted once by who holds the link."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from apps.accounts.models import Invitation, Membership, Organization, User
from apps.core import audit, jobs, mail
from apps.core.errors import Refused
from apps.core.scope import everyone, scope

from . import budgets, team
from .budgets import A_DAY, Limit
from .signing_in import turn

LIFE = timedelta(days=7)
OF_ORGANIZATION = Limit("invite-organization", 50, A_DAY)
TO_ADDRESS = Limit("invite-address", 5, A_DAY)


class InvitationRefused(Refused):
    code, status = "invitation-refused", 422


class NoInvitation(Refused):
    """Never there, accepted, withdrawn, run out or replaced by a later letter: all the same to who asks."""

    code, status = "invitation-gone", 404


class ForSomebodyElse(Refused):
    code, status = "invitation-for-somebody-else", 409


def invite(
    *, organization: Organization, email: str, roles: list[str], locations=(), by: User, now: datetime
) -> Invitation:
    """Ask a person to join. What is answered and done is the same whether or not the address has an account; who is a
    member already is refused, for the team's page says so too. Raises InvitationRefused, TeamRefused."""
    email = email.strip().lower()
    team.check_roles(organization, roles, locations)
    if Membership.objects.filter(organization=organization, user__email=email).exists():
        raise InvitationRefused(_("This person is a member already."), errors={"email": [_("A member already.")]})
    _spend(organization, email, now)
    with transaction.atomic():
        Organization.objects.select_for_update().get(pk=organization.pk)
        row = Invitation.objects.waiting().filter(organization=organization, email=email).first()
        row = row or Invitation(organization=organization, email=email)
        row.roles, row.locations, row.invited_by = sorted(set(roles)), list(locations), by
        _send_anew(row, now)
        audit.record(by, "invitation.sent", row, organization=organization, email=email, roles=row.roles)
    return row


def resend(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Another letter with another link, good for seven days again; links sent before lead nowhere."""
    _spend(invitation.organization, invitation.email, now)
    with transaction.atomic():
        row = Invitation.objects.select_for_update(of=("self",)).waiting().filter(pk=invitation.pk).first()
        if row is None:
            raise NoInvitation(_("This invitation was accepted or withdrawn."))
        _send_anew(row, now)
        audit.record(by, "invitation.sent_again", row, organization=row.organization_id, email=row.email)


@transaction.atomic
def withdraw(*, invitation: Invitation, by: User, now: datetime) -> None:
    if Invitation.objects.waiting().filter(pk=invitation.pk).update(withdrawn_at=now):
        audit.record(by, "invitation.withdrawn", invitation, organization=invitation.organization_id)


def write(invitation_id) -> None:
    """The letter; run twice it is the same letter."""
    row = Invitation.objects.waiting().select_related("organization", "invited_by").filter(pk=invitation_id).first()
    if row:
        way = reverse("accounts:invitation", args=[row.pk, token_of(row)])
        mail.send(row.email, "invitation", invitation=row, by=row.invited_by.get_full_name(), way=way)


def find(invitation_id, token: str, *, now: datetime) -> Invitation:
    """The open invitation behind a link. Raises NoInvitation."""
    with everyone("opening a letter's link"):
        row = Invitation.objects.open(now).select_related("organization", "invited_by").filter(pk=invitation_id).first()
    if row is None or not constant_time_compare(row.digest, digest_of(token)):
        raise NoInvitation(_("This invitation leads nowhere any more."))
    return row


def accept(*, invitation_id, token: str, user: User, now: datetime) -> Membership:
    """A person who has an account joins. Raises NoInvitation, ForSomebodyElse."""
    row = find(invitation_id, token, now=now)
    if user.email != row.email:
        raise ForSomebodyElse(_("This invitation is for %(email)s.") % {"email": row.email})
    return _join(row, user, now)


def accept_as_new(*, invitation_id, token: str, name: str, password: str, now: datetime) -> User:
    """The address has no account yet: one is made, and joins. Raises NoInvitation, InvitationRefused."""
    row = find(invitation_id, token, now=now)
    person = User(email=row.email, name=name.strip())
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise InvitationRefused(_("Choose another password."), errors={"password": error.messages}) from None
    with turn():
        person.set_password(password)
    with everyone("opening a letter's link"), transaction.atomic():
        Invitation.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if has_account(row):
            raise NoInvitation(_("There is an account with this address. Sign in, then open the link again."))
        person.save(force_insert=True)
        _join(row, person, now)
    return person


def has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email=invitation.email).exists()


@transaction.atomic
def _join(row: Invitation, user: User, now: datetime) -> Membership:
    """Once, whoever is first; who invited them must still be of the organization's making."""
    with scope(row.organization, user=user.pk):
        if not Invitation.objects.open(now).filter(pk=row.pk, digest=row.digest).update(accepted_at=now):
            raise NoInvitation(_("This invitation leads nowhere any more."))
        member = team.add_member(
            organization=row.organization, user=user, roles=row.roles, locations=row.locations, by=user
        )
        audit.record(user, "invitation.accepted", row, organization=row.organization)
    return member


def _send_anew(row: Invitation, now: datetime) -> None:
    row.sent, row.expires_at = row.sent + 1, now + LIFE
    row.digest = digest_of(token_of(row))
    row.save()
    jobs.enqueue("accounts.mail_invitation", organization=row.organization_id, invitation=str(row.pk))


def token_of(row: Invitation) -> str:
    """Made again from the row and our secret, so that the letter's job keeps none; each letter's is another."""
    return salted_hmac(
        "accounts.Invitation", f"{row.pk}:{row.sent}", secret=settings.SECRET_KEY, algorithm="sha256"
    ).hexdigest()


def digest_of(token: str) -> str:
    return salted_hmac("accounts.Invitation.digest", token, algorithm="sha256").hexdigest()


def _spend(organization: Organization, email: str, now: datetime) -> None:
    tries = [(OF_ORGANIZATION, str(organization.pk)), (TO_ADDRESS, budgets.mark_of(email))]
    try:
        budgets.spend(*tries, now=now)
    except budgets.TooMany:
        raise InvitationRefused(
            _("Many letters went out today, so this one did not. Try again tomorrow."),
            code="too-many-tries",
            status=429,
        ) from None
