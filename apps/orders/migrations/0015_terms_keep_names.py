"""Trade terms keep the names of their two sides."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0014_fill_price_until'),
    ]

    operations = [
        migrations.AddField(
            model_name='tradeterms',
            name='buyer_name',
            field=models.CharField(default='', editable=False, max_length=120, verbose_name='buyer'),
        ),
        migrations.AddIndex(
            model_name='invoice',
            index=models.Index(fields=['buyer', 'state'], name='invoice_of_buyer_by_state'),
        ),
    ]
