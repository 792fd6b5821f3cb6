"""Row-level security: a company is seen by its people and its partners, a place by those it is open to."""

from django.db import migrations

from apps.core import sql

PARTNERS = """
CREATE POLICY partner ON accounts_organization FOR SELECT TO reup_app USING (
    id IN (SELECT organization_id FROM accounts_membership
           WHERE user_id = (SELECT nullif(current_setting('app.user', true), '')::uuid))
    OR id IN (SELECT retailer_id FROM accounts_connection) OR id IN (SELECT wholesaler_id FROM accounts_connection))
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("core", "0002_roles_and_row_security")]

    operations = [
        sql.tenant("accounts_organization", own=("id",)),
        migrations.RunSQL(PARTNERS, migrations.RunSQL.noop),
        sql.tenant("accounts_membership", person=("user_id",)),
        sql.tenant("accounts_location", shared=("organization_id",)),
        sql.tenant("accounts_connection", own=("wholesaler_id",), seen=("retailer_id",)),  # the seller opens its shelf
        sql.tenant("accounts_credential"),
    ]
