"""Change rows are written beside their run, by the thousand: no look-up of run and organization for each."""

import django.db.models.deletion
from django.db import migrations, models

LEAN = {"db_index": False, "db_constraint": False, "on_delete": django.db.models.deletion.CASCADE}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_lean_stock")]

    operations = [
        migrations.AlterField("stockchange", "organization", models.ForeignKey(to="accounts.organization", **LEAN)),
        migrations.AlterField("stockchange", "run", models.ForeignKey(to="core.syncrun", related_name="changes", **LEAN)),
    ]
