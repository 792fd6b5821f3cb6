"""From which sum on an organization has an order confirmed by a second sign-in."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_notifications'),
    ]

    operations = [
        migrations.AddField(
            model_name='organization',
            name='confirm_above',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AddConstraint(
            model_name='organization',
            constraint=models.CheckConstraint(condition=models.Q(('confirm_above__gte', 0)), name='limit_in_bounds'),
        ),
    ]
