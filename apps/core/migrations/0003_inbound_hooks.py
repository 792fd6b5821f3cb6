"""Messages that came by webhook, kept by id."""

import django.db.models.functions.datetime
from django.db import migrations, models

from apps.core import sql


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_roles_and_row_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='InboundHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('organization_id', models.UUIDField()),
                ('endpoint', models.CharField(max_length=80)),
                ('message_id', models.CharField(max_length=120)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'indexes': [models.Index(fields=['endpoint', 'at'], name='hook_by_age')],
                'constraints': [models.UniqueConstraint(fields=('endpoint', 'message_id'), name='hook_once')],
            },
        ),
        sql.tenant('core_inboundhook'),
    ]
