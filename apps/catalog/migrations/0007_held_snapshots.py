"""Held snapshots, measured, and who decided about them; who ignored a row, and why."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from apps.core import sql

STATES = [
    ("open", "Waits for a person"),
    ("released", "Released"),
    ("discarded", "Discarded"),
    ("passed", "A later run took its place"),
]


def to(model, **values):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=model, **values)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0006_candidates_with_scores"), ("core", "0003_inbound_hooks")]

    operations = [
        migrations.CreateModel(
            "HeldSnapshot",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("state", models.CharField(max_length=10, choices=STATES, default="open")),
                ("reasons", models.JSONField(default=list)),
                ("told", django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), default=list)),
                ("quantity", models.DecimalField(max_digits=24, decimal_places=4, default=0)),
                ("price", models.DecimalField(max_digits=14, decimal_places=4, null=True)),
                ("bad", models.PositiveIntegerField(default=0)),
                ("counts", models.JSONField(default=dict)),
                ("differences", models.JSONField(default=dict)),
                ("decided_by", models.CharField(max_length=200, blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("why", models.CharField(max_length=400, blank=True)),
                ("organization", to("accounts.organization")),
                ("location", to("accounts.location", related_name="held")),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="core.syncrun", related_name="held"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["location"], name="one_open_snapshot_a_location", condition=models.Q(state="open")
                    )
                ]
            },
        ),
        migrations.AddField("quarantinedrow", "decided_by", models.CharField(max_length=200, blank=True)),
        migrations.AddField("quarantinedrow", "decided_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("quarantinedrow", "why", models.CharField(max_length=400, blank=True)),
        sql.tenant("catalog_heldsnapshot"),
    ]
