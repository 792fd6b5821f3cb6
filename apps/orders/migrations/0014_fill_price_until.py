"""Backorders made before they said so keep their prices for thirty days from the day they were made."""

from django.db import migrations

from apps.core import sql

FROZEN = "UPDATE orders_order SET price_until = created_at + interval '30 days' WHERE backorder_of_id IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_price_until")]

    operations = [sql.filled(FROZEN, "orders_order")]
