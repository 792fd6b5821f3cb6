"""A product's page asks for its last changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_row_security")]

    operations = [
        migrations.AddIndex("stockchange", models.Index(fields=["product_id", "-id"], name="change_by_product")),
    ]
