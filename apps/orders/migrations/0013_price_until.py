"""Until when a backorder keeps its price."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0012_proposed_delivery'),
    ]

    operations = [
        migrations.AddField(model_name='order', name='price_until', field=models.DateTimeField(blank=True, null=True)),
    ]
