"""Stock is written often: no index that another one covers, and room on each page for a row's next version."""

import django.db.models.deletion
from django.db import migrations, models

CASCADE = django.db.models.deletion.CASCADE
ROOM = "ALTER TABLE {table} SET (fillfactor = 80)", "ALTER TABLE {table} RESET (fillfactor)"


def covered(model: str, field: str, to: str, on_delete=CASCADE, **values) -> migrations.AlterField:
    return migrations.AlterField(model, field, models.ForeignKey(db_index=False, on_delete=on_delete, to=to, **values))


class Migration(migrations.Migration):
    dependencies = [("catalog", "0007_held_snapshots")]

    operations = [
        covered("stockitem", "location", "accounts.location", related_name="stock"),
        covered("stockitem", "link", "catalog.productlink", django.db.models.deletion.PROTECT, related_name="stock"),
        covered("shelfline", "location", "accounts.location", related_name="shelf"),
        covered("shelfline", "organization", "accounts.organization"),
        covered("stockchange", "organization", "accounts.organization"),
        covered("stockchange", "run", "core.syncrun", related_name="changes"),
        *(
            migrations.RunSQL(*(statement.format(table=table) for statement in ROOM))
            for table in ("catalog_stockitem", "catalog_shelfline")
        ),
    ]
