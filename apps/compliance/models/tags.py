"""The drawer of package tags: those METRC lists as unused, which order has one, which became a package."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.core.models import Stamped

from .mirror import QUANTITY, OfFacility


class Tag(OfFacility, Stamped):
    """A package tag out of METRC's drawer. It is a physical thing: read, never made up.

    Reserved, it is for the part that `order` (an id of the floor above) takes out of package `source`: so much of it,
    in the source's unit. Used, a report has named it to METRC; without an `order` the new package then has nobody to
    go to.
    """

    class State(models.TextChoices):
        FREE = "free", _("Free")
        RESERVED = "reserved", _("Reserved")
        USED = "used", _("Used")
        GONE = "gone", _("Not listed any more")

    label = models.CharField(_("tag"), max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.FREE)
    order = models.UUIDField(null=True)
    order_number = models.CharField(max_length=40, blank=True)
    source = models.CharField(_("made out of"), max_length=40, blank=True)
    item = models.CharField(max_length=400, blank=True)
    quantity = models.DecimalField(**QUANTITY, null=True)
    unit = models.CharField(max_length=40, blank=True)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "label"], name="package_tag_once"),
            models.CheckConstraint(
                condition=Q(state__in=["free", "gone"], order=None, source="", quantity=None)
                | Q(state="reserved", order__isnull=False, quantity__gt=0) & ~Q(source="")
                | Q(state="used", quantity__gt=0) & ~Q(source=""),
                name="tag_says_for_what",
            ),
        ]
        indexes = [
            models.Index(fields=["facility", "label"], name="tag_free", condition=Q(state="free")),
            models.Index(fields=["order"], name="tag_by_order", condition=Q(order__isnull=False)),
            models.Index(fields=["facility", "source"], name="tag_by_source", condition=Q(state="used")),
        ]
        verbose_name = _("package tag")

    def __str__(self) -> str:
        return self.label
