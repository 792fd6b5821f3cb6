"""A run's change rows lie by run and number: the key itself finds them, and writing one feeds an index less."""

from django.db import migrations

KEYED = """
ALTER TABLE catalog_stockchange DROP CONSTRAINT catalog_stockchange_pkey;
ALTER TABLE catalog_stockchange ADD PRIMARY KEY (run_id, id)
"""
BACK = """
ALTER TABLE catalog_stockchange DROP CONSTRAINT catalog_stockchange_pkey;
ALTER TABLE catalog_stockchange ADD PRIMARY KEY (id)
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0013_price_lists")]

    operations = [
        migrations.RunSQL(KEYED, BACK),
        migrations.RemoveIndex("stockchange", "change_by_run"),
    ]
