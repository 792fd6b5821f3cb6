"""Orders made before they kept it are told which state they go to, by the licence they go there under."""

from django.db import migrations

from apps.core import sql

STATES = """
UPDATE orders_order o SET deliver_state = l.state FROM accounts_license l
WHERE o.deliver_state = '' AND l.location_id = o.location_id AND l.number = o.deliver_license
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0008_taxes"), ("accounts", "0011_notifications")]

    operations = [sql.filled(STATES, "orders_order", "accounts_license")]
