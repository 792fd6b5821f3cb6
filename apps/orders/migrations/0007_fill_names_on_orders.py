"""Orders and invoices made before they kept it are told who their sides are, and where they ship from."""

from django.db import migrations

from apps.core import sql

SIDES = """
UPDATE orders_order o SET seller_name = seller.name, buyer_name = buyer.name, site = place.name, site_zone = place.zone,
    site_license = coalesce((
        SELECT l.number FROM accounts_license l
        WHERE l.location_id = place.id AND l.status = 'active'
          AND (o.moved_at AT TIME ZONE place.zone)::date BETWEEN l.valid_from_date AND l.valid_until_date
        ORDER BY l.valid_until_date DESC, l.number LIMIT 1), place.license_number)
FROM accounts_organization seller, accounts_organization buyer, accounts_location place
WHERE o.seller_name = '' AND seller.id = o.seller_id AND buyer.id = o.buyer_id AND place.id = o.ships_from_id
"""
BILLS = """
UPDATE orders_invoice i SET seller_name = o.seller_name, buyer_name = o.buyer_name
FROM orders_order o WHERE o.id = i.order_id AND i.seller_name = ''
"""


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_names_kept_on_orders"), ("accounts", "0011_notifications")]

    operations = [
        sql.filled(
            SIDES, "orders_order", "accounts_organization", "accounts_location", "accounts_license"
        ),
        sql.filled(BILLS, "orders_order", "orders_invoice"),
    ]
