"""A page has room for the next version of each of its rows: on a day when all of them move no index is touched."""

from django.db import migrations

ROOM = "ALTER TABLE {} SET (fillfactor = {})"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0014_changes_by_their_run")]

    operations = [
        migrations.RunSQL(ROOM.format(table, 50), ROOM.format(table, 80))
        for table in ("catalog_stockitem", "catalog_shelfline")
    ]
