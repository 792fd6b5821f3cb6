"""How often a thing was tried: in PostgreSQL, so that a flushed Redis opens no door."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Budget(models.Model):
    """The moments of the last tries under one key, and how many came when nothing was left."""

    key = models.CharField(max_length=80, primary_key=True)
    spent = ArrayField(models.DateTimeField(), default=list)
    turned_away = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
