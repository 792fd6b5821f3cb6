"""Lists of orders as a person likes to see them: a tab and words, under a name."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization, User
from apps.core.models import Stamped

MOST_VIEWS = 20


class SavedView(Stamped):
    """One person's, at one organization. Saved again under its name it is another view of that name."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=40)
    tab = models.CharField(max_length=20)
    words = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "user", "name"], name="view_once_a_name")]

    def __str__(self) -> str:
        return self.name
