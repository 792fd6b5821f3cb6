"""Step 5: write what changed, and nothing else.

Rows go by COPY into a temporary table and on from there in a few statements: row-level security forbids COPY into the
table itself, and one statement a row would be a hundred times slower.
"""

import hashlib

import msgspec
from django.db import connection
from django.utils import timezone

from apps.catalog import rules
from apps.catalog.models import Brand, Category, Product, ProductLink, QuarantinedRow
from apps.gateways.dutchie.payloads import StockRow

from . import sql
from .work import InventoryWork

_json = msgspec.json.Encoder()


def update(work: InventoryWork) -> tuple[int, str]:
    """Under the run's leases: a worker that was taken for dead writes nothing."""
    for lease in work.leases:
        lease.still()
    now = timezone.now()
    _keep_bad_rows(work, now)
    _add_products(work)
    if work.created or work.updated or work.gone:
        _write_stock(work, now)
    written = len(work.created) + len(work.updated) + len(work.gone)
    return (
        written,
        f"{written:,} stock rows · {len(work.shelf):,} shelf lines · {len(work.new_products):,} new products",
    )


def _add_products(work: InventoryWork) -> None:
    brands = _names(Brand, work, {row.brand for row in work.named.values()})
    categories = _names(Category, work, {row.category for row in work.named.values()})
    for product in work.new_products:
        row = work.named[product.pk]
        product.brand_id, product.category_id = brands.get(row.brand), categories.get(row.category)
    Product.objects.bulk_create(work.new_products, batch_size=1000)
    ProductLink.objects.bulk_create(work.new_links, batch_size=1000)


def _names(model, work: InventoryWork, names: set[str]) -> dict[str, int]:
    """Ids of brands or categories by name; those not there yet are made."""
    wanted, mine = names - {""}, model.objects.filter(organization_id=work.location.organization_id)
    if not wanted:
        return {}
    extra = (lambda name: {"form": rules.form_of(name)}) if model is Category else lambda name: {}
    new = wanted - set(mine.filter(name__in=wanted).values_list("name", flat=True))
    model.objects.bulk_create(
        [model(organization_id=work.location.organization_id, name=name, **extra(name)) for name in sorted(new)],
        ignore_conflicts=True,
    )
    return dict(mine.filter(name__in=wanted).values_list("name", "id"))


def _write_stock(work: InventoryWork, now) -> None:
    values = {
        "location": work.location.pk,
        "run": work.run.pk,
        "now": now,
        "organization": work.location.organization_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.STAGE)
        with cursor.copy(sql.COPY) as copy:
            for row in (*work.created, *work.updated):
                copy.write_row(_staged(work, row, now))
        values["gone"] = work.gone
        cursor.execute(sql.CHANGES, values)
        cursor.execute(sql.UPSERT)
        cursor.execute(sql.GONE, values)
        cursor.execute(sql.SHELF, values)
        work.shelf = [product for (product,) in cursor.fetchall()]
        cursor.execute(sql.DIGEST, values)
        work.digest = cursor.fetchone()[0]
        cursor.execute("DROP TABLE stage_stock")


def _staged(work: InventoryWork, row: StockRow, now) -> tuple:
    """One row in the order of `sql.COLUMNS`."""
    link = work.links[row.product_id]
    potency, potency_unit = rules.potency(row.labs)
    return (
        work.location.organization_id,
        work.location.pk,
        row.inventory_id,
        link.pk,
        link.product_id,
        row.name,
        row.sku,
        row.quantity,
        row.unit,
        row.allocated,
        row.unit_cost,
        row.price,
        row.med_price,
        row.rec_price,
        row.batch,
        row.package_id,
        row.tag,
        row.status,
        row.lab_status,
        row.lab_url,
        potency,
        potency_unit,
        _json.encode(row.labs).decode(),
        row.tested_date,
        row.packaged_date,
        row.expires_date,
        row.digest(),
        work.run.pk,
        now,
        now,
    )


def _keep_bad_rows(work: InventoryWork, now) -> None:
    """Each bad row once, with its reasons; seen again, it is counted again. A row that came right is closed."""
    kept = [_quarantined(work, bad, now) for bad in work.bad]
    mine = QuarantinedRow.objects.filter(location_id=work.location.pk)
    again = {row.fingerprint for row in kept}
    mine.filter(state=QuarantinedRow.State.OPEN).exclude(fingerprint__in=again).update(
        state=QuarantinedRow.State.FIXED, updated_at=now
    )
    if kept:
        with connection.cursor() as cursor:
            cursor.executemany(sql.KEEP_BAD, [_values(row) for row in kept])


def _quarantined(work: InventoryWork, bad, now) -> QuarantinedRow:
    return QuarantinedRow(
        organization_id=work.location.organization_id,
        location_id=work.location.pk,
        run_id=work.run.pk,
        source=work.source,
        position=bad.index,
        fingerprint=hashlib.blake2b(bad.raw, digest_size=16).hexdigest(),
        raw=bad.raw[: sql.MOST_RAW],
        reasons=[{"code": why.code, "field": why.field, "text": why.text} for why in bad.reasons],
        last_seen_at=now,
    )


def _values(row: QuarantinedRow) -> dict:
    return {
        "organization": row.organization_id,
        "location": row.location_id,
        "run": row.run_id,
        "source": row.source,
        "position": row.position,
        "fingerprint": row.fingerprint,
        "raw": row.raw,
        "reasons": _json.encode(row.reasons).decode(),
        "now": row.last_seen_at,
    }
