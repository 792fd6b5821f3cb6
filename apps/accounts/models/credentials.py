"""Sealed keys and sign-ins to other people's systems, and whether they still open."""

import json
from dataclasses import dataclass

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.core import crypto
from apps.core.models import Named


@dataclass(frozen=True)
class SignIn:
    """A person's way into a back office. `tenant` is the first part of its address, where each tenant has its own."""

    username: str
    password: str
    tenant: str = ""

    def __repr__(self) -> str:
        return f"SignIn({self.username!r})"


class Unreadable(ValueError):
    """What was sealed is no sign-in; it has to be entered again."""


class Credential(Named):
    """A key to somebody's system, sealed for this row and organization. It is written and used, never shown again.

    `session` is what a sign-in has opened, sealed too; `mark` is alike for like sign-ins, at whichever location.
    `knocked_at` is when a sign-in was last tried. `last_failed_at` and `last_reason` stay until it works again or is
    changed."""

    class Kind(models.TextChoices):
        DUTCHIE_POS = "dutchie_pos", _("Dutchie POS key")
        DUTCHIE_INTEGRATOR = "dutchie_integrator", _("Dutchie integrator key")
        DUTCHIE_BACKOFFICE = "dutchie_backoffice", _("Dutchie Backoffice sign-in")
        DUTCHIE_WEBHOOK = "dutchie_webhook", _("Dutchie webhook secret")
        DUTCHIE_WEBHOOK_OLD = "dutchie_webhook_old", _("Dutchie webhook secret, being replaced")

    READ_STOCK = (Kind.DUTCHIE_POS, Kind.DUTCHIE_BACKOFFICE)
    WEBHOOK_KINDS = (Kind.DUTCHIE_WEBHOOK, Kind.DUTCHIE_WEBHOOK_OLD)

    organization = models.ForeignKey("accounts.Organization", models.CASCADE, related_name="credentials")
    location = models.ForeignKey("accounts.Location", models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    sealed = models.BinaryField(editable=False)
    hint = models.CharField(max_length=8, editable=False)
    mark = models.CharField(max_length=32, blank=True, editable=False)
    session = models.BinaryField(null=True, editable=False)
    knocked_at = models.DateTimeField(null=True, editable=False)
    last_failed_at = models.DateTimeField(_("refused at"), null=True, editable=False)
    last_reason = models.CharField(_("refused because"), max_length=240, blank=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "kind"], name="one_key_a_kind")]

    def __str__(self) -> str:
        shown = f"{self.hint}…" if self.kind == self.Kind.DUTCHIE_BACKOFFICE else f"…{self.hint}"
        return f"{self.get_kind_display()} {shown}"

    def put(self, text: str) -> None:
        """Seal `text`; saving is the caller's. Keeps the last four characters to tell keys apart."""
        self.sealed = crypto.seal(text, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
        self.hint = text[-4:] if len(text) >= 12 else ""
        self.mark = salted_hmac("accounts.Credential", text, algorithm="sha256").hexdigest()[:32]
        self.session, self.knocked_at, self.last_failed_at, self.last_reason = None, None, None, ""

    def open(self) -> str:
        return crypto.unseal(self.sealed, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)

    def put_sign_in(self, *, username: str, password: str, tenant: str = "") -> None:
        """Seal name and password together; saving is the caller's. The hint is how the name begins."""
        self.put(json.dumps([username, password, tenant]))
        self.hint = username[:8]

    def open_sign_in(self) -> SignIn:
        """What `put_sign_in` sealed. Raises Unreadable for anything else."""
        try:
            return SignIn(*json.loads(self.open()))
        except (ValueError, TypeError):
            raise Unreadable("The sign-in has no user name; enter it again.") from None
