"""What changes in most runs lies side by side at a row's end: PostgreSQL then logs a few bytes of an update, not all
that lies between."""

from django.db import migrations

MOVE = """
DO $$
DECLARE bounds text;
BEGIN
  SELECT pg_get_constraintdef(oid) INTO STRICT bounds FROM pg_constraint
  WHERE conname = 'stock_numbers_in_bounds' AND conrelid = 'catalog_stockitem'::regclass;
  ALTER TABLE catalog_stockitem DROP CONSTRAINT stock_numbers_in_bounds;
  ALTER TABLE catalog_stockitem RENAME COLUMN quantity TO quantity_was;
  ALTER TABLE catalog_stockitem ADD COLUMN quantity numeric(14, 4);
  ALTER TABLE catalog_stockitem NO FORCE ROW LEVEL SECURITY;
  UPDATE catalog_stockitem SET quantity = quantity_was;
  ALTER TABLE catalog_stockitem FORCE ROW LEVEL SECURITY;
  ALTER TABLE catalog_stockitem DROP COLUMN quantity_was;
  ALTER TABLE catalog_stockitem ALTER COLUMN quantity SET NOT NULL;
  EXECUTE 'ALTER TABLE catalog_stockitem ADD CONSTRAINT stock_numbers_in_bounds ' || bounds;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_leaner_changes")]

    operations = [migrations.RunSQL(MOVE, migrations.RunSQL.noop)]
