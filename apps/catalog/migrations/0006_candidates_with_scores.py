"""Candidates become `{product, score, why, veto}`; what waits keeps its place in the queue."""

from django.db import migrations

SCORED = """
UPDATE catalog_productlink SET queued_at = created_at, candidates = coalesce(
    (SELECT jsonb_agg(jsonb_build_object('product', known, 'score', NULL, 'why', '', 'veto', '') ORDER BY place)
     FROM jsonb_array_elements_text(candidates) WITH ORDINALITY AS one (known, place)), '[]')
"""
PLAIN = """
UPDATE catalog_productlink SET candidates = coalesce(
    (SELECT jsonb_agg(one -> 'product' ORDER BY place)
     FROM jsonb_array_elements(candidates) WITH ORDINALITY AS known (one, place)), '[]')
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_match_decisions")]

    operations = [migrations.RunSQL(SCORED, PLAIN)]
