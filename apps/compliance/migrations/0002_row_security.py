"""Row-level security: reports and mirrors are their organization's; who receives the goods reads the manifest."""

from django.db import migrations

from apps.core import sql


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial"), ("core", "0002_roles_and_row_security")]

    operations = [
        sql.tenant("compliance_facility"),
        sql.tenant("compliance_report"),
        sql.tenant("compliance_reportattempt"),
        sql.tenant("compliance_driver"),
        sql.tenant("compliance_vehicle"),
        sql.tenant("compliance_manifest", seen=("recipient_id",)),
        sql.unchanging("compliance_manifest"),
        sql.tenant("compliance_package"),
        sql.tenant("compliance_transfer"),
        sql.tenant("compliance_transferpackage"),
        sql.tenant("compliance_word"),
        sql.tenant("compliance_cursor"),
        sql.tenant("compliance_outage"),
        sql.tenant("compliance_discrepancy"),
    ]
