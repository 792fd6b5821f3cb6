"""The licences of sites, and the warnings of their end. Partners see licences: both sides answer for a delivery."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from apps.core import sql

PARTNERS = """
CREATE POLICY partner ON accounts_license FOR SELECT TO reup_app USING (
    organization_id IN (SELECT retailer_id FROM accounts_connection)
    OR organization_id IN (SELECT wholesaler_id FROM accounts_connection))
"""
# A licence is for a site of its holder's own.
OF_ITS_HOLDER = """
ALTER TABLE accounts_license ADD CONSTRAINT license_of_its_holder
FOREIGN KEY (location_id, organization_id) REFERENCES accounts_location (id, organization_id)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_passkeys_and_trusted_devices"),
    ]

    operations = [
        migrations.CreateModel(
            name="License",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        max_length=2,
                        validators=[django.core.validators.RegexValidator("^[A-Z]{2}$", "Two letters: MI.")],
                        verbose_name="state",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("retail", "Retail"),
                            ("processing", "Processing"),
                            ("cultivation", "Cultivation"),
                            ("distribution", "Distribution"),
                            ("transport", "Transport"),
                            ("testing", "Testing"),
                        ],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("valid_from_date", models.DateField(verbose_name="valid from")),
                ("valid_until_date", models.DateField(verbose_name="valid until")),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("suspended", "Suspended"), ("revoked", "Revoked")],
                        default="active",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="in the state's register")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.location"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                        verbose_name="holder",
                    ),
                ),
            ],
            options={
                "verbose_name": "licence",
                "verbose_name_plural": "licences",
                "ordering": ["valid_until_date", "number"],
            },
        ),
        migrations.CreateModel(
            name="LicenseWarning",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("until_date", models.DateField()),
                ("days", models.PositiveSmallIntegerField()),
                ("told_at", models.DateTimeField()),
                (
                    "license",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="warnings", to="accounts.license"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="license",
            constraint=models.UniqueConstraint(fields=("location", "number", "valid_from_date"), name="a_license_once"),
        ),
        migrations.AddConstraint(
            model_name="license",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_until_date__gte", models.F("valid_from_date"))),
                name="a_license_ends_after_it_begins",
            ),
        ),
        migrations.AddConstraint(
            model_name="licensewarning",
            constraint=models.UniqueConstraint(fields=("license", "until_date", "days"), name="a_warning_once"),
        ),
        sql.tenant("accounts_license"),
        migrations.RunSQL(PARTNERS, migrations.RunSQL.noop),
        migrations.RunSQL(OF_ITS_HOLDER, migrations.RunSQL.noop),
        sql.tenant("accounts_licensewarning"),
    ]
