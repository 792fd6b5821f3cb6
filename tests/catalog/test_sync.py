"""The seven steps against a Dutchie POS over a real socket."""

import json
from decimal import Decimal

import pytest
from django.core.management import call_command

from apps.catalog import actions
from apps.catalog.models import Product, ProductLink, QuarantinedRow, ShelfLine, StockChange, StockItem
from apps.catalog.sync import sync_inventory
from apps.core import audit, invariants
from apps.core.locks import only_one
from apps.core.models import AuditEntry, OutboundCall, StreamEvent, SyncRun
from apps.core.scope import scope
from reup.management.commands.demo import fill
from tests import make

STEPS = ["fetch", "transform", "match", "compare", "update", "notify", "log"]


@pytest.fixture
def pull(cast, world):
    """`pull()` syncs the wholesaler's Holland site once, in its scope."""

    def once(location=cast.place, **values) -> SyncRun:
        with scope(location.organization_id), only_one(f"inventory:{location.pk}") as lease:
            return sync_inventory(location=location, trigger="test", lease=lease, **values).run

    return once


@pytest.fixture
def seller_scope(cast):
    with scope(cast.wholesaler):
        yield


def written() -> tuple:
    return tuple(model.objects.count() for model in (StockItem, Product, ProductLink, ShelfLine, StockChange))


def broken_rules() -> list:
    return [rule["name"] for rule in invariants.check() if rule["violations"]]


def package(world, **where) -> dict:
    """A package of Holland that may be sold, by the vendor's field names."""
    return next(row for row in stocked(world) if all(row.get(key) == value for key, value in where.items()))


def stocked(world) -> list[dict]:
    """Packages of Holland that may be sold, well stocked."""
    rows = [row | {"id": id_} for id_, row in world.world.dump()["inventory"].items()]
    return [
        row
        for row in rows
        if row["_locationId"] == 4101 and row["packageStatus"] == "Active" and row["quantityAvailable"] > 9
    ]


def test_a_first_run_walks_seven_steps_and_shelves_every_row(pull, seller_scope, world):
    run = pull()

    assert run.state == "completed"
    assert [step.name for step in run.steps.all()] == STEPS
    assert {step.state for step in run.steps.all()} == {"completed"}
    rows = [row for row in world.world.dump()["inventory"].values() if row["_locationId"] == 4101]
    assert run.counts["fetched"] == run.counts["created"] == StockItem.objects.count() == len(rows)
    sold = [row for row in rows if row["packageStatus"] == "Active"]
    told = sum(Decimal(str(row["quantityAvailable"])) for row in sold)
    assert sum(line.quantity for line in ShelfLine.objects.all()) == told
    assert broken_rules() == []


def test_a_product_no_key_knows_is_made_and_marked_new(pull, seller_scope):
    run = pull()

    assert run.counts["new"] == Product.objects.count() == Product.objects.filter(is_new=True).count() > 0
    assert set(ProductLink.objects.values_list("method", flat=True)) == {"new"}


def test_unchanged_rows_write_nothing(pull, seller_scope):
    pull()
    before, trail = written(), AuditEntry.objects.count()
    stamps = list(StockItem.objects.order_by("pk").values_list("pk", "updated_at", "run_id"))

    run = pull()

    assert (run.state, run.counts["unchanged"]) == ("completed", StockItem.objects.count())
    assert run.counts["created"] == run.counts["updated"] == 0
    assert run.counts["matched"]["link"] == Product.objects.count()
    assert (written(), AuditEntry.objects.count()) == (before, trail)
    assert list(StockItem.objects.order_by("pk").values_list("pk", "updated_at", "run_id")) == stamps


def test_rows_that_only_look_different_are_read_once_and_change_nothing(pull, seller_scope, world):
    pull()
    before = written()
    packages = [item.pk for item in StockItem.objects.all()]
    for id_ in world.world.dump()["inventory"]:
        world.world.change("inventory", id_, lastModifiedDateUtc="2026-06-01T00:00:00.000")

    first, second = pull(), pull()

    assert (first.counts["unchanged"], second.counts["unchanged"]) == (len(packages), len(packages))
    assert written() == before
    looks = StockItem.objects.values_list("run_id", flat=True).distinct()
    assert list(looks) == [first.pk]


def test_rows_kept_before_their_words_had_a_fingerprint_are_read_once_more_and_change_nothing(pull, seller_scope):
    pull()
    looks = list(StockItem.objects.order_by("pk").values_list("fingerprint", flat=True))
    StockItem.objects.update(fingerprint=b"sixteen bytes of")
    before = written()

    run = pull()

    assert (run.counts["unchanged"], run.counts["updated"], written()) == (len(looks), 0, before)
    assert list(StockItem.objects.order_by("pk").values_list("fingerprint", flat=True)) == looks


def test_one_changed_quantity_is_one_change_row_one_line_one_event_and_one_record(pull, seller_scope, world, cast):
    pull()
    row = package(world)
    before = written()
    world.world.change("inventory", row["id"], quantityAvailable=row["quantityAvailable"] - 2)

    run = pull()

    change = StockChange.objects.get(run=run)
    assert (change.field, Decimal(change.old) - Decimal(change.new)) == ("quantity", 2)
    assert run.counts["updated"] == 1
    assert written() == (*before[:4], before[4] + 1)
    event = StreamEvent.objects.filter(topic=f"inventory.{cast.place.pk}").latest("seq")
    assert event.data["products"] == [str(StockItem.objects.get(inventory_id=row["id"]).product_id)]
    entry = AuditEntry.objects.get(action="inventory.synced", data__run=run.pk)
    assert (entry.data["updated"], len(entry.data["digest"])) == (1, 64)
    assert broken_rules() == []
    assert audit.verify()[2] == []


def test_moved_amounts_and_changed_words_of_one_run_are_written_and_told_field_by_field(pull, seller_scope, world):
    pull()
    moved = package(world)
    renamed = next(row for row in stocked(world) if row["id"] != moved["id"])
    world.world.change("inventory", moved["id"], quantityAvailable=3, unitPrice=moved["unitPrice"] + 1)
    world.world.change("inventory", renamed["id"], quantityAvailable=4, batchName="B-9", labResults=[])
    links = dict(StockItem.objects.values_list("inventory_id", "link"))

    run = pull()

    told = StockChange.objects.filter(run=run).values_list("inventory_id", "field", "new")
    fields = {(str(id_), field): new for id_, field, new in told if field not in ("potency", "potency unit")}
    assert fields == {
        (moved["id"], "quantity"): "3",
        (moved["id"], "price"): f"{moved['unitPrice'] + 1:g}",
        (renamed["id"], "quantity"): "4",
        (renamed["id"], "batch"): "B-9",
    }
    assert StockItem.objects.get(inventory_id=moved["id"]).price == Decimal(str(moved["unitPrice"])) + 1
    kept = StockItem.objects.get(inventory_id=renamed["id"])
    assert (kept.quantity, kept.batch, kept.labs) == (4, "B-9", [])
    assert dict(StockItem.objects.values_list("inventory_id", "link")) == links
    assert pull().counts["updated"] == 0
    assert broken_rules() == []


def test_a_changed_change_row_no_longer_fits_its_audit_record(pull, seller_scope):
    run = pull()
    StockChange.objects.filter(run=run).order_by("pk")[:1].get()
    StockChange.objects.filter(pk=StockChange.objects.filter(run=run).latest("pk").pk).update(new="1000000")

    assert broken_rules() == ["a run's change rows are those its audit record vouches for"]


def test_a_vanished_package_is_marked_and_its_return_brings_it_back(pull, seller_scope, world):
    pull()
    row = package(world)
    world.world.drop("inventory", row["id"])

    assert pull().counts["gone"] == 1
    item = StockItem.objects.get(inventory_id=row["id"])
    assert item.gone_at
    assert broken_rules() == []

    world.world.put("inventory", row["id"], {key: value for key, value in row.items() if key != "id"})
    assert pull().counts["updated"] == 1
    item.refresh_from_db()
    assert item.gone_at is None
    assert broken_rules() == []


def test_a_package_in_quarantine_is_not_for_sale(pull, seller_scope, world):
    pull()
    row = package(world)
    line = ShelfLine.objects.get(product__stock__inventory_id=row["id"], location__stock__inventory_id=row["id"])
    world.world.change("inventory", row["id"], packageStatus="Quarantine")

    pull()

    was, line.quantity = line.quantity, ShelfLine.objects.get(pk=line.pk).quantity
    assert was - line.quantity == Decimal(str(row["quantityAvailable"]))


def test_a_second_site_of_the_tenant_finds_the_stored_links(pull, cast, world):
    lansing = make.location(organization=cast.wholesaler, lsp=822, loc=4102, key="pos-northlight-lansing")
    pull()

    run = pull(lansing)

    assert run.counts["new"] == 0
    assert run.counts["matched"]["link"] > 30


def test_a_known_sku_is_linked_and_a_contradicting_one_waits(pull, seller_scope, world, cast):
    known = package(world)
    listed = world.world.get("products", known["productId"])
    other = next(
        row
        for row in world.world.dump()["products"].values()
        if row["_lspId"] == 822 and row["sku"] not in ("", listed["sku"]) and row["productId"] != known["productId"]
    )
    mine = make.product(organization=cast.wholesaler, sku=listed["sku"], name="Ours", unit_weight=None)
    make.product(organization=cast.wholesaler, sku=other["sku"], brand="A brand they never heard of")

    run = pull()

    link = ProductLink.objects.get(dutchie_product=known["productId"])
    assert (link.product, link.method) == (mine, "sku")
    waiting = ProductLink.objects.get(state="review")
    assert waiting.source_sku == other["sku"]
    assert "brand" in waiting.reason
    assert run.counts["review"] == 1
    assert not ShelfLine.objects.filter(product__sku=other["sku"]).exists()
    assert StockItem.objects.filter(link=waiting, product=None).exists()
    assert broken_rules() == []


def test_two_of_their_products_with_one_sku_wait_both_and_make_no_product(pull, seller_scope, world):
    rows = [
        {"productId": 401, "sku": "GUM-10", "productName": "Gummies 10mg Cherry", "price": 7},
        {"productId": 402, "sku": "GUM-10", "productName": "Gummies 10mg Lime", "price": 7},
    ]
    world.load_products(rows)

    run = pull()

    assert run.counts["review"] == 2
    assert set(ProductLink.objects.filter(state="review").values_list("dutchie_product", flat=True)) == {401, 402}
    assert not Product.objects.filter(sku="GUM-10").exists()


def test_a_upc_links_where_the_sku_is_unknown(pull, seller_scope, world, cast):
    row = package(world)
    world.world.change("products", row["productId"], upc="012345678905", sku="never seen")
    mine = make.product(organization=cast.wholesaler, sku="ours", upc="00012345678905")

    pull()

    link = ProductLink.objects.get(dutchie_product=row["productId"])
    assert (link.product, link.method) == (mine, "upc")


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("price_nan", "number.not_finite"),
        ("price_huge", "number.out_of_range"),
        ("price_negative", "number.out_of_range"),
        ("row_without_id", "id.missing"),
        ("nul_in_text", "text.nul"),
        ("row_not_an_object", "row.not_an_object"),
    ],
)
def test_a_bad_row_is_kept_aside_and_costs_only_itself(pull, seller_scope, world, fault, code):
    pull()
    prices = dict(StockItem.objects.values_list("inventory_id", "price"))
    world.world.weather.add([{"path": "/reporting/inventory", "fault": fault, "times": 1}])

    run = pull()

    kept = QuarantinedRow.objects.get()
    assert run.state == "completed_with_quarantine"
    assert code in {reason["code"] for reason in kept.reasons}
    assert kept.raw
    assert run.counts["quarantined"] == 1
    assert run.counts["unchanged"] == len(prices) - 1
    assert dict(StockItem.objects.values_list("inventory_id", "price")) == prices
    assert not StockItem.objects.exclude(gone_at=None).exists()

    assert pull().state == "completed"
    kept.refresh_from_db()
    assert kept.state == "fixed"


@pytest.mark.parametrize(
    "fault", ["200_html", "200_object", "200_null", "500", "truncated_json", "401", "wrapped_list"]
)
def test_a_failed_read_changes_nothing_and_says_why(pull, seller_scope, world, fault):
    pull()
    before = written()
    world.world.weather.add([{"path": "/*inventory", "fault": fault}])

    run = pull()

    assert run.state == "failed"
    assert run.error
    assert [step.state for step in run.steps.all()] == ["failed", *["skipped"] * 6] or run.steps.all()[
        1
    ].state == "failed"
    assert written() == before
    assert not StockItem.objects.exclude(gone_at=None).exists()
    assert "pos-northlight" not in run.error


@pytest.mark.parametrize("fault", ["200_empty_list", "half_list"])
def test_a_suspicious_snapshot_is_held_and_nothing_is_zeroed(pull, seller_scope, world, fault):
    pull()
    before = written()
    world.world.weather.add([{"path": "/reporting/inventory", "fault": fault, "times": 1}])

    run = pull()

    assert run.state == "held"
    assert "Nothing was applied" in run.error
    assert [step.state for step in run.steps.all()][3:] == ["held", "skipped", "skipped", "skipped"]
    assert written() == before
    assert not StockItem.objects.exclude(gone_at=None).exists()


def test_a_held_snapshot_can_be_let_through_with_a_reason(pull, seller_scope, world, cast):
    pull()
    world.world.weather.add([{"path": "/reporting/inventory", "fault": "half_list", "times": 2}])
    held = pull()
    kept = actions.release(run=held, by=cast.seller, reason="The Holland site sold half its shelf to Lansing.")

    run = pull(release=kept)

    assert (held.state, run.state) == ("held", "completed")
    assert AuditEntry.objects.get(data__run=run.pk).data["released"].startswith("The Holland")
    assert broken_rules() == []


def test_products_whose_list_can_not_be_read_are_put_off_and_the_rest_goes_on(pull, seller_scope, world):
    pull()
    world.load_products([{"productId": 9001, "sku": "NEW-1", "productName": "A new thing", "price": 5}])
    row = package(world)
    world.world.change("inventory", row["id"], quantityAvailable=1)
    world.world.weather.add([{"path": "/*products", "fault": "503"}])

    run = pull()

    assert run.state == "completed"
    assert (run.counts["put_off"], run.counts["updated"]) == (1, 1)
    assert not ProductLink.objects.filter(dutchie_product=9001).exists()

    world.world.weather.clear()
    assert pull().counts["new"] == 1


def test_the_fifty_real_products_go_through_without_loss(pull, seller_scope, world, shared):
    rows = json.loads((shared / "data/dutchie_products_50.json").read_text())
    world.load_products(rows, replace=True)

    run = pull()

    assert run.state == "completed"
    assert StockItem.objects.count() == 50
    assert sorted(StockItem.objects.values_list("name", flat=True)) == sorted(row["productName"] for row in rows)
    kept = {item.sku: item.price for item in StockItem.objects.all()}
    assert kept == {row["sku"]: Decimal(row["price"]) for row in rows}
    assert Product.objects.count() + ProductLink.objects.waiting().count() == 50
    assert "0795" in kept


def test_every_call_is_in_the_journal_without_its_key(pull, seller_scope):
    pull()

    calls = OutboundCall.objects.all()
    assert {call.path for call in calls} == {"/reporting/inventory", "/reporting/products"}
    assert "pos-northlight" not in str(list(calls.values()))


def test_the_command_tells_each_run_with_its_seven_steps(cast, world, capsys, db):
    call_command("sync_inventory", "--json", "--location", "4101")

    document = json.loads(capsys.readouterr().out)
    (run,) = document["runs"]
    assert run["state"] == "completed"
    assert run["location"] == str(cast.place.pk)
    assert [phase["name"] for phase in run["phases"]] == STEPS
    assert set(run["matched"]) == {"sku", "upc", "alias", "name", "link"}
    counted = run["created"] + run["updated"] + run["unchanged"] + run["quarantined"]
    assert run["fetched"] == counted > 100


def test_the_command_tells_what_waits_for_staff_and_what_was_kept_aside_on_the_demos_shelves(world, capsys, db):
    fill()

    call_command("sync_inventory", "--json", *(f"--location={store}" for store in (4101, 4102, 5201)))

    runs = {run["name"]: run for run in json.loads(capsys.readouterr().out)["runs"]}
    lansing, bellwether = runs["Northlight, Lansing"], runs["Bellwether, Muskegon"]
    waiting = {review["name"]: review for review in lansing["reviews"]}
    assert lansing["review"] == 2
    assert set(waiting) == {"Cinder Hollow Blue Slate", "Kiln Ash smalls"}
    assert all(review["reason"] and review["candidates"] for review in waiting.values())
    assert (bellwether["state"], bellwether["quarantined"]) == ("completed_with_quarantine", 2)
    assert [(why["field"], why["text"]) for row in bellwether["quarantine"] for why in row["reasons"]] == [
        ("quantityAvailable", "Quantities can't be below zero."),
        ("roomQuantities[0].quantityAvailable", "Quantities can't be below zero."),
        ("unitPrice", "Prices can't be above 99,999,999.9999."),
    ]


def test_the_command_ends_with_1_when_a_run_failed(cast, world, capsys, db):
    world.world.weather.add([{"path": "/*", "fault": "500"}])

    with pytest.raises(SystemExit) as ended:
        call_command("sync_inventory", "--json")

    assert ended.value.code == 1
    assert json.loads(capsys.readouterr().out)["runs"][0]["state"] == "failed"


def test_a_failing_location_does_not_keep_its_neighbour_from_its_run(cast, world, run_jobs, seller_scope):
    lansing = make.location(organization=cast.wholesaler, lsp=822, loc=4102, key="pos-northlight-lansing")
    world.world.weather.add([{"path": "/*", "fault": "503", "caller": "4101"}])
    from apps.catalog.tasks import sync_stores

    sync_stores()
    run_jobs()

    states = dict(SyncRun.objects.values_list("location_id", "state"))
    assert states == {cast.place.pk: "failed", lansing.pk: "completed"}


def test_one_turn_of_the_timetable_starts_a_location_once(cast, world, run_jobs, seller_scope):
    from apps.catalog.tasks import sync_stores

    sync_stores()
    sync_stores()
    run_jobs()

    assert SyncRun.objects.count() == 1
