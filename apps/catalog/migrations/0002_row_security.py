"""Row-level security: products and stock are their organization's; connected retailers read what is for sale."""

from django.db import migrations

from apps.core import sql

SHARED = ("organization_id",)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial"), ("accounts", "0002_row_security")]

    operations = [
        sql.tenant("catalog_brand", shared=SHARED),
        sql.tenant("catalog_category", shared=SHARED),
        sql.tenant("catalog_product", shared=SHARED),
        sql.tenant("catalog_productlink"),
        sql.tenant("catalog_stockitem", shared=SHARED),
        sql.tenant("catalog_shelfline", shared=SHARED),
        sql.tenant("catalog_stockchange"),
        sql.tenant("catalog_quarantinedrow"),
    ]
