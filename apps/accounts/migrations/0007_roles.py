"""Members have roles, and perhaps locations; those there are get the usual roles of their tier."""

import django.contrib.postgres.fields
from django.db import migrations, models

USUAL = {
    ("wholesaler", "owner"): "admin",
    ("wholesaler", "staff"): "order_desk,warehouse,compliance,catalog,deals,pricing",
    ("wholesaler", "buyer"): "sales_rep",
    ("wholesaler", "viewer"): "auditor",
    ("retailer", "owner"): "owner",
    ("retailer", "staff"): "approver,buyer,receiver",
    ("retailer", "buyer"): "buyer,receiver",
    ("retailer", "viewer"): "viewer",
}
# The tables' owner is bound by row security too, until it is told otherwise.
FILL = [
    "ALTER TABLE accounts_membership NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_organization NO FORCE ROW LEVEL SECURITY",
    *[
        (
            "UPDATE accounts_membership m SET roles = string_to_array(%s, ',') FROM accounts_organization o"
            " WHERE o.id = m.organization_id AND o.side = %s AND m.role = %s",
            [roles, side, tier],
        )
        for (side, tier), roles in USUAL.items()
    ],
    "ALTER TABLE accounts_membership FORCE ROW LEVEL SECURITY",
    "ALTER TABLE accounts_organization FORCE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_second_factor_and_sessions")]

    operations = [
        migrations.AddField(
            "membership",
            "roles",
            django.contrib.postgres.fields.ArrayField(models.CharField(max_length=24), default=list),
        ),
        migrations.AddField(
            "membership",
            "locations",
            django.contrib.postgres.fields.ArrayField(models.UUIDField(), blank=True, default=list),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(condition=models.Q(roles__len__gt=0), name="a_member_has_a_role"),
        ),
    ]
