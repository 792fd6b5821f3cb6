"""Nobody asks for all of a company's change rows by time: they are asked for by run and by product."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0009_changes_without_lookups")]

    operations = [migrations.RemoveIndex("stockchange", "change_by_time")]
