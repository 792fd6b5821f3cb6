"""What people decided about matches, and what was learned from it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core.models import Stamped

from .links import ProductLink
from .products import Product


class MatchDecisionQuerySet(models.QuerySet):
    def standing(self):
        """Those that were not undone, newest first: a link's first is the one that can be undone now."""
        return self.filter(undone_at=None).order_by("-pk")


class MatchDecision(models.Model):
    """One decision of a person about a link. `before` is all that undoing it has to bring back."""

    class Verb(models.TextChoices):
        LINK = "link", _("linked it")
        NEW = "new", _("made it a new product")
        REJECT = "reject", _("ruled out a candidate")
        SKIP = "skip", _("skipped it")

    organization = models.ForeignKey(Organization, models.CASCADE)
    link = models.ForeignKey(ProductLink, models.CASCADE, related_name="decisions")
    verb = models.CharField(max_length=8, choices=Verb.choices)
    product = models.ForeignKey(Product, models.SET_NULL, null=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()
    why = models.CharField(max_length=400, blank=True)
    joined = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)

    objects = MatchDecisionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["link", "-id"], name="decision_by_link")]

    def __str__(self) -> str:
        return f"{self.by} {self.get_verb_display()}"


class Alias(Stamped):
    """A name that a person has said is this product of ours. `key` is `rules.name_key` of brand and name."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    key = models.CharField(max_length=700)
    name = models.CharField(max_length=400)
    product = models.ForeignKey(Product, models.CASCADE, related_name="aliases")
    decision = models.ForeignKey(MatchDecision, models.SET_NULL, null=True)

    class Meta:
        verbose_name_plural = "aliases"
        constraints = [models.UniqueConstraint(fields=["organization", "key"], name="alias_once")]

    def __str__(self) -> str:
        return self.name


class RejectedPair(Stamped):
    """A product of a Dutchie tenant and one of ours that a person has said are two things: never proposed again."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    lsp = models.PositiveIntegerField()
    dutchie_product = models.PositiveBigIntegerField()
    product = models.ForeignKey(Product, models.CASCADE, related_name="rejected")
    decision = models.ForeignKey(MatchDecision, models.SET_NULL, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "lsp", "dutchie_product", "product"], name="pair_rejected_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dutchie_product} ≠ {self.product_id}"
