"""What happened to an order, what was proposed, and what people wrote: rows both sides read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization, User
from apps.catalog.models import ShelfLine
from apps.orders import rules

from .orders import MONEY, QUANTITY, Order


class OfOrder(models.Model):
    """A row of an order's, opened by its two organizations."""

    id = models.BigAutoField(primary_key=True)
    seller = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class OrderEvent(OfOrder):
    """One move: who, when, from where to where, why, and what else there is to know. `version` is the order's after."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="events")
    version = models.PositiveIntegerField()
    action = models.CharField(max_length=16)
    from_state = models.CharField(max_length=9, blank=True)
    to_state = models.CharField(max_length=9, choices=rules.State.choices)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    side = models.CharField(max_length=12)
    reason_code = models.CharField(max_length=14, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "version"], name="event_a_version")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.action}"


class Proposal(OfOrder):
    """Changes the seller proposes; the retailer answers. `lines` are `{line, quantity, price}` as text, those that
    differ and those that don't; a line with other goods has a `substitute`: what the line would say of them. Where
    `deliver_from` is empty the delivery stays as it is."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Waits for an answer")
        APPROVED = "APPROVED", _("Approved")
        DECLINED = "DECLINED", _("Declined")
        WITHDRAWN = "WITHDRAWN", _("Withdrawn")
        LAPSED = "LAPSED", _("Lapsed")

    class Kind(models.TextChoices):
        COUNTER = "COUNTER", _("Counter-offer")
        AMEND = "AMEND", _("Amendment")
        SETTLE = "SETTLE", _("Settlement")

    order = models.ForeignKey(Order, models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.COUNTER)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    by = models.CharField(max_length=200)
    reason = models.CharField(max_length=1000)
    lines = models.JSONField(default=list)
    total_before = models.DecimalField(**MONEY)
    total = models.DecimalField(**MONEY)
    until = models.DateTimeField(null=True)
    deliver_from = models.DateTimeField(null=True)
    deliver_until = models.DateTimeField(null=True)
    cut_off_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], name="one_open_proposal", condition=Q(state="OPEN")),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reason}"


class Message(OfOrder):
    """A line in an order's conversation. An internal one is for the writer's own side."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    author_name = models.CharField(max_length=200)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    internal = models.BooleanField(default=False)
    text = models.CharField(max_length=4000)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:60]


class TrackingEvent(OfOrder):
    """Where the goods are: handed to the driver, departed, delayed, arrived."""

    class Kind(models.TextChoices):
        HANDED_OVER = "HANDED_OVER", _("Handed to the driver")
        DEPARTED = "DEPARTED", _("Departed")
        DELAYED = "DELAYED", _("Delayed")
        ARRIVED = "ARRIVED", _("Arrived")
        NOTE = "NOTE", _("Note")

    order = models.ForeignKey(Order, models.CASCADE, related_name="track")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.CharField(max_length=400, blank=True)
    expected_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=200)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Photo(OfOrder):
    """What a retailer shows of a disputed delivery. `kind` is the image's type, found in its bytes."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="photos")
    by = models.CharField(max_length=200)
    kind = models.CharField(max_length=10)
    image = models.BinaryField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.kind}"


class Shortfall(models.Model):
    """A shelf line that promises more than the POS says there is, from when to when."""

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    shelf_line = models.ForeignKey(ShelfLine, models.CASCADE, related_name="shortfalls")
    missing = models.DecimalField(**QUANTITY)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["began_at"]
        constraints = [
            models.UniqueConstraint(fields=["shelf_line"], name="one_open_shortfall", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(missing__gt=0), name="shortfall_misses_something"),
        ]

    def __str__(self) -> str:
        return f"{self.missing.normalize():f} of {self.shelf_line}"


class Return(OfOrder):
    """Goods that come back after an order was confirmed: asked by the retailer, answered by the seller."""

    class State(models.TextChoices):
        ASKED = "ASKED", _("Asked")
        APPROVED = "APPROVED", _("Approved")
        REFUSED = "REFUSED", _("Refused")

    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    reason = models.CharField(max_length=1000)
    answer = models.CharField(max_length=1000, blank=True)
    lines = models.JSONField(default=list)
    units = models.DecimalField(**QUANTITY)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.reason}"
