"""Wallets, the messages handed out to sign, and lenders: each a person's own."""

import uuid

import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from apps.core import sql


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sign_in_tried"), ("core", "0002_roles_and_row_security")]

    operations = [
        migrations.CreateModel(
            name="Wallet",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=42)),
                ("last_used_at", models.DateTimeField(editable=False, null=True)),
                ("user", models.ForeignKey(
                    on_delete=django.db.models.deletion.CASCADE, related_name="wallets", to=settings.AUTH_USER_MODEL,
                )),
            ],
            options={
                "ordering": ["created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("address"), name="one_person_a_wallet"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("address__regex", "^0x[0-9a-fA-F]{40}$")), name="wallet_has_an_address"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("nonce", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("purpose", models.CharField(
                    choices=[("sign_in", "Sign in"), ("link", "Link a wallet")], max_length=8,
                )),
                ("session", models.CharField(blank=True, max_length=64)),
                ("address", models.CharField(max_length=42)),
                ("message", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
            ],
        ),
        migrations.CreateModel(
            name="Lender",
            fields=[
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("user", models.OneToOneField(
                    on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="lender",
                    serialize=False, to=settings.AUTH_USER_MODEL,
                )),
                ("kyc", models.CharField(
                    choices=[
                        ("none", "None"), ("basic", "Basic"), ("standard", "Standard"), ("enhanced", "Enhanced"),
                    ],
                    default="none", max_length=8,
                )),
            ],
        ),
        sql.tenant("accounts_wallet", own=(), mine=("user_id",)),
        sql.tenant("accounts_nonce", own=(), mine=("user_id",)),
        sql.tenant("accounts_lender", own=(), mine=("user_id",)),
    ]
