"""What every table shares."""

from uuid import uuid4

from django.db import models


class Stamped(models.Model):
    """When a row was made and last saved, by the application's clock in UTC."""

    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Named(Stamped):
    """A row people outside name by its UUID."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)

    class Meta:
        abstract = True
