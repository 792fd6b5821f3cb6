"""The two working roles, row-level security on core's tenant tables, and an audit trail that takes additions only."""

from django.db import migrations

from apps.core import roles, sql


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(roles.MAKE, migrations.RunSQL.noop),
        sql.tenant("core_auditentry", post=True),
        sql.tenant("core_audithead", post=True),
        sql.tenant("core_job", post=True),
        sql.tenant("core_syncrun", shared=("organization_id",)),
        sql.tenant("core_syncstep"),
        sql.tenant("core_streamevent", post=True),
        sql.tenant("core_answer", mine=("user_id",)),
        sql.append_only("core_auditentry"),
    ]
