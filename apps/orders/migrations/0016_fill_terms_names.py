"""Terms written before they kept it are told whose they are."""

from django.db import migrations

from apps.core import sql

NAMES = "UPDATE orders_tradeterms t SET buyer_name = o.name FROM accounts_organization o WHERE o.id = t.buyer_id"


class Migration(migrations.Migration):
    dependencies = [("orders", "0015_terms_keep_names"), ("accounts", "0011_notifications")]

    operations = [sql.filled(NAMES, "orders_tradeterms", "accounts_organization")]
