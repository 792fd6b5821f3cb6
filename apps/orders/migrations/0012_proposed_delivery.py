"""A proposal may name another delivery slot."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0011_dispute_photos'),
    ]

    operations = [
        migrations.AddField(model_name='proposal', name='deliver_from', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='proposal', name='deliver_until', field=models.DateTimeField(null=True)),
        migrations.AddField(model_name='proposal', name='cut_off_at', field=models.DateTimeField(null=True)),
    ]
