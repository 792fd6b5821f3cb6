"""What a run changed, field by field, and what it could not read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization
from apps.core.models import Stamped, SyncRun


class StockChangeQuerySet(models.QuerySet):
    def quantities(self, *, location, product):
        """What moved a product's stock at a location, newest first; seen by the seller's own people alone."""
        moved = self.filter(location_id=location, product_id=product, field__in=["quantity", "new", "gone"])
        return moved.order_by("-id")


class StockChange(models.Model):
    """One field of one package that a run changed. `old` and `new` are plain text; a new package has field `new`.

    Written by the thousand, beside the run itself: the database needn't look up the run and its organization for each,
    and its own key is (run, id): one index finds a run's rows and keeps them apart.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False, db_constraint=False)
    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="changes", db_index=False, db_constraint=False)
    location_id = models.UUIDField()
    product_id = models.UUIDField(null=True)
    inventory_id = models.BigIntegerField()
    name = models.CharField(max_length=400)
    field = models.CharField(max_length=24)
    old = models.CharField(max_length=400, blank=True)
    new = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    objects = StockChangeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["product_id", "-id"], name="change_by_product")]

    def __str__(self) -> str:
        return f"{self.name}: {self.field}"


class QuarantinedRow(Stamped):
    """A row of the source that could not be used, as it came, with every reason. The last good value stays in use."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        FIXED = "fixed", _("Came right by itself")
        IGNORED = "ignored", _("Ignored")

    organization = models.ForeignKey(Organization, models.CASCADE)
    location = models.ForeignKey(Location, models.CASCADE)
    run = models.ForeignKey(SyncRun, models.SET_NULL, null=True, related_name="quarantined")
    source = models.CharField(max_length=40)
    position = models.IntegerField(_("row"))
    fingerprint = models.CharField(max_length=32)
    raw = models.BinaryField()
    reasons = models.JSONField(default=list)
    times_seen = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    last_seen_at = models.DateTimeField()
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "fingerprint"], name="bad_row_kept_once")]
        indexes = [
            models.Index(
                fields=["organization", "-last_seen_at"], name="bad_row_open", condition=models.Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return str(_("Row %(n)s of %(source)s")) % {"n": self.position, "source": self.source}
