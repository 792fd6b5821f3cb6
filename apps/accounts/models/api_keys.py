"""Keys with which programs act for an organization."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core.models import Named

from .organizations import Organization
from .people import Membership


class ApiKeyQuerySet(models.QuerySet):
    def alive(self, now):
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)

    def standing_first(self):
        return self.select_related("made_by").order_by(F("revoked_at").asc(nulls_first=True), "-created_at")


class ApiKey(Named):
    """A key's prefix, which is shown, and the digest of the whole, which is not. It was shown once, when made.

    It acts for the organization within its scopes, and only while who made it may still make keys there.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(_("begins"), max_length=16, unique=True, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=24), verbose_name=_("may"))
    made_by = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", verbose_name=_("made by"))
    expires_at = models.DateTimeField(_("good until"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("API key"), _("API keys")
        constraints = [models.CheckConstraint(condition=Q(scopes__len__gt=0), name="a_key_has_a_scope")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def scopes_told(self) -> str:
        return ", ".join(self.scopes)

    def is_alive(self, now) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    def as_member(self) -> Membership:
        """What the key is in its organization, as `request.membership` has it: never saved."""
        side = self.organization.side
        role = rules.tier_of(side, self.scopes)
        return Membership(user=self.made_by, organization=self.organization, role=role, roles=self.scopes)
