"""A run's steps are found by what keeps them apart; no second index."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_wait_asked_for")]

    operations = [
        migrations.AlterField(
            "syncstep",
            "run",
            models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="core.syncrun"
            ),
        ),
    ]
