"""Which of the POS's products is which of ours, how we know, and who said so."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.catalog import rules
from apps.core.models import Stamped

from .products import Product


class ProductLinkQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=ProductLink.State.REVIEW)

    def queued(self):
        """In the order in which people are asked: oldest first, what was skipped last."""
        return self.waiting().order_by("queued_at", "pk")


class ProductLink(Stamped):
    """One product of a Dutchie tenant (LSP), and ours. In review it has none: staff see its stock, nobody buys it.

    `source` is what Dutchie says of it beside name and SKU (`rules.SOURCE`, all as text); `candidates` are ours that
    may be it, `[{product, score, why, veto}]`, likeliest first: score 0 to 100 or null, `veto` what forbids it or "".
    """

    class State(models.TextChoices):
        LINKED = "linked", _("Linked")
        REVIEW = "review", _("To review")

    organization = models.ForeignKey(Organization, models.CASCADE)
    lsp = models.PositiveIntegerField(_("Dutchie LSP"))
    dutchie_product = models.PositiveBigIntegerField(_("Dutchie product"))
    product = models.ForeignKey(Product, models.CASCADE, null=True, blank=True, related_name="links")
    state = models.CharField(max_length=8, choices=State.choices, default=State.LINKED)
    method = models.CharField(max_length=8, choices=rules.Method.choices)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    reason = models.CharField(max_length=1200)
    source_name = models.CharField(max_length=400)
    source_sku = models.CharField(max_length=100, blank=True)
    source = models.JSONField(default=dict)
    candidates = models.JSONField(default=list)
    queued_at = models.DateTimeField(default=timezone.now, editable=False)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ProductLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "lsp", "dutchie_product"], name="link_once"),
            models.CheckConstraint(
                condition=models.Q(state="review", product=None) | models.Q(state="linked", product__isnull=False),
                name="linked_to_something_or_in_review",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "queued_at", "id"], name="link_queue", condition=models.Q(state="review")
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_name} → {self.product or _('to review')}"
