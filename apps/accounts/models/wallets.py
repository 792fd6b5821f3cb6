"""Wallets that people proved to be theirs, the messages they were given to sign, and who lends."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.core.models import Named, Stamped

ADDRESS = r"^0x[0-9a-fA-F]{40}$"


class Wallet(Named):
    """An address on the chain, one person's alone. Kept with its checksum (EIP-55)."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="wallets")
    address = models.CharField(max_length=42)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(Lower("address"), name="one_person_a_wallet"),
            models.CheckConstraint(condition=models.Q(address__regex=ADDRESS), name="wallet_has_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address[:6]}…{self.address[-4:]}"


class NonceQuerySet(models.QuerySet):
    def burn(self, found: list[str], now) -> list["Nonce"]:
        """Those of `found` that were still good for one try; they no longer are, for anybody."""
        fresh = list(self.filter(pk__in=found, used_at=None))
        return [nonce for nonce in fresh if self.filter(pk=nonce.pk, used_at=None).update(used_at=now)]


class Nonce(models.Model):
    """A message handed out to be signed, kept as it was: good for one try, for one purpose, in one session."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in", _("Sign in")
        LINK = "link", _("Link a wallet")

    nonce = models.CharField(max_length=32, primary_key=True)
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    user = models.ForeignKey("accounts.User", models.CASCADE, null=True, related_name="+")
    session = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=42)
    message = models.TextField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects = NonceQuerySet.as_manager()

    def __str__(self) -> str:
        return self.nonce


class Lender(Stamped):
    """A person who lends: what we know of who they are."""

    class Kyc(models.TextChoices):
        NONE = "none", _("None")
        BASIC = "basic", _("Basic")
        STANDARD = "standard", _("Standard")
        ENHANCED = "enhanced", _("Enhanced")

    user = models.OneToOneField("accounts.User", models.CASCADE, primary_key=True, related_name="lender")
    kyc = models.CharField(max_length=8, choices=Kyc.choices, default=Kyc.NONE)

    def __str__(self) -> str:
        return f"{self.user} · {self.get_kyc_display()}"
