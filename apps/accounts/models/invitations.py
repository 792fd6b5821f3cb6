"""Invitations into an organization: who is asked, as what, until when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core.models import Named

from .organizations import Organization


class InvitationQuerySet(models.QuerySet):
    def waiting(self):
        """Neither accepted nor withdrawn; it may have run out."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def open(self, now):
        return self.waiting().filter(expires_at__gt=now)


class Invitation(Named):
    """A person is asked by letter to join, with these roles, at these locations (none means all).

    Of the link's token only the digest is kept; `sent` counts the letters, and each has a link of its own.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    email = models.EmailField(_("email"))
    roles = ArrayField(models.CharField(max_length=24), verbose_name=_("roles"))
    locations = ArrayField(models.UUIDField(), default=list, blank=True)
    invited_by = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("invited by"))
    digest = models.CharField(max_length=64, blank=True, editable=False)
    sent = models.PositiveSmallIntegerField(default=0, editable=False)
    expires_at = models.DateTimeField(_("good until"))
    accepted_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation_an_address",
            ),
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="an_invitation_has_a_role"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def roles_told(self) -> str:
        return rules.names_of(self.organization.side, self.roles)
