"""What people decide about matches: decisions, learned names, pairs ruled out; a queue that can be skipped in."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from apps.core import sql

METHODS = [
    ("link", "Stored link"),
    ("sku", "SKU"),
    ("upc", "UPC"),
    ("alias", "Learned name"),
    ("name", "Name"),
    ("new", "New product"),
    ("person", "A person"),
    ("review", "To review"),
]
VERBS = [
    ("link", "linked it"),
    ("new", "made it a new product"),
    ("reject", "ruled out a candidate"),
    ("skip", "skipped it"),
]


def number():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def stamps():
    return [
        ("created_at", models.DateTimeField(auto_now_add=True)),
        ("updated_at", models.DateTimeField(auto_now=True)),
    ]


def to(model, **values):
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=model, **values)


def may_go(model):
    return models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=model)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_stock_fingerprint")]

    operations = [
        migrations.CreateModel(
            "MatchDecision",
            [
                number(),
                ("verb", models.CharField(max_length=8, choices=VERBS)),
                ("by", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("why", models.CharField(max_length=400, blank=True)),
                ("joined", models.JSONField(default=dict)),
                ("before", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(max_length=200, blank=True)),
                ("organization", to("accounts.organization")),
                ("link", to("catalog.productlink", related_name="decisions")),
                ("product", may_go("catalog.product")),
            ],
            options={"indexes": [models.Index(fields=["link", "-id"], name="decision_by_link")]},
        ),
        migrations.CreateModel(
            "Alias",
            [
                number(),
                *stamps(),
                ("key", models.CharField(max_length=700)),
                ("name", models.CharField(max_length=400)),
                ("organization", to("accounts.organization")),
                ("product", to("catalog.product", related_name="aliases")),
                ("decision", may_go("catalog.matchdecision")),
            ],
            options={
                "verbose_name_plural": "aliases",
                "constraints": [models.UniqueConstraint(fields=["organization", "key"], name="alias_once")],
            },
        ),
        migrations.CreateModel(
            "RejectedPair",
            [
                number(),
                *stamps(),
                ("lsp", models.PositiveIntegerField()),
                ("dutchie_product", models.PositiveBigIntegerField()),
                ("organization", to("accounts.organization")),
                ("product", to("catalog.product", related_name="rejected")),
                ("decision", may_go("catalog.matchdecision")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["organization", "lsp", "dutchie_product", "product"], name="pair_rejected_once"
                    )
                ]
            },
        ),
        migrations.AddField("productlink", "source", models.JSONField(default=dict)),
        migrations.AddField(
            "productlink", "queued_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)
        ),
        migrations.AddField("productlink", "decided_at", models.DateTimeField(null=True, blank=True)),
        migrations.AlterField("productlink", "method", models.CharField(max_length=8, choices=METHODS)),
        migrations.RemoveIndex("productlink", "link_review"),
        migrations.AddIndex(
            "productlink",
            models.Index(
                fields=["organization", "queued_at", "id"], name="link_queue", condition=models.Q(state="review")
            ),
        ),
        sql.tenant("catalog_matchdecision"),
        sql.tenant("catalog_alias"),
        sql.tenant("catalog_rejectedpair"),
    ]
