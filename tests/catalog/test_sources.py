"""Which road to Dutchie answers: the POS key, else the back office's sign-in; and that it is told."""

import pytest
from django.apps import apps
from django.db import connection

from apps.accounts.models import Credential
from apps.catalog.models import Product, ProductLink, StockItem
from apps.catalog.sync import sync_inventory
from apps.core.locks import only_one
from apps.core.models import AuditEntry, Breaker, OutboundCall, SyncRun
from apps.core.scope import everyone, scope
from apps.gateways import base
from tests import make

GRAPHQL, LOGIN, INVENTORY = "/api/graphql", "/api/user/login", "/reporting/inventory"
SECRET = "tide-pool-821"
NORTHLIGHT = {"username": "backoffice@northlight.example", "password": "dune-grass-822"}


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch, settings):
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))
    settings.DUTCHIE_BACKOFFICE_PER_MINUTE = settings.DUTCHIE_PER_MINUTE = 100_000


@pytest.fixture
def tampa(cast, world):
    """A store of the wholesaler's in Florida: Dutchie knows it, we hold no key to it yet."""
    return make.location(
        organization=cast.wholesaler, name="Tidewater, Tampa", zone="America/New_York", lsp=821, loc=7101
    )


def pull(location) -> SyncRun:
    with scope(location.organization_id), only_one(f"inventory:{location.pk}") as lease:
        return sync_inventory(location=location, trigger="test", lease=lease).run


def step(run, name):
    return run.steps.get(name=name)


def asked(world, path):
    return [entry for entry in world.world.journal.entries() if entry["path"] == path]


def credential(location, kind):
    return Credential.objects.get(location=location, kind=kind)


@pytest.fixture
def inside(cast):
    with scope(cast.wholesaler):
        yield


def test_a_store_with_a_sign_in_alone_is_shelved_like_any_other(tampa, world, inside):
    make.sign_in(location=tampa)

    run = pull(tampa)

    rows = [row for row in world.world.rows("inventory") if row["_locationId"] == 7101]
    assert (run.state, run.source) == ("completed", "backoffice")
    assert run.counts["created"] == StockItem.objects.filter(location=tampa).count() == len(rows) == 30
    one = StockItem.objects.get(location=tampa, inventory_id=rows[0]["inventoryId"])
    assert (float(one.price), one.sku, one.tag) == (rows[0]["unitPrice"], rows[0]["sku"], rows[0]["packageId"])
    assert str(one.expires_date) == rows[0]["expirationDate"][:10]
    assert "no POS key" in step(run, "fetch").detail
    assert "without UPCs" in step(run, "match").detail
    assert not asked(world, "/reporting/products")


def test_its_next_run_uses_the_same_session_and_changes_nothing(tampa, world, inside):
    make.sign_in(location=tampa)
    pull(tampa)

    run = pull(tampa)

    assert (run.counts["unchanged"], run.counts["updated"]) == (30, 0)
    assert (len(asked(world, LOGIN)), len(asked(world, GRAPHQL))) == (1, 2)
    assert "UPCs" not in step(run, "match").detail


def test_a_moved_package_moves_here_too(tampa, world, inside):
    make.sign_in(location=tampa)
    pull(tampa)
    row = next(row for row in world.world.rows("inventory") if row["_locationId"] == 7101)

    world.world.change("inventory", row["inventoryId"], quantityAvailable=3)

    assert pull(tampa).counts["updated"] == 1
    assert StockItem.objects.get(location=tampa, inventory_id=row["inventoryId"]).quantity == 3


def test_a_spoiled_row_of_the_back_office_is_kept_aside_alone(tampa, world, inside):
    make.sign_in(location=tampa)
    world.world.weather.add([{"path": GRAPHQL, "fault": "price_nan", "times": 1}])

    run = pull(tampa)

    assert (run.state, run.counts["quarantined"], run.counts["created"]) == ("completed_with_quarantine", 1, 29)


def test_fc14_a_key_that_is_missing_or_refused_at_one_location_only(cast, tampa, world, inside):
    pos_ok, no_key, refused = cast.place, make.location(organization=cast.wholesaler, lsp=822, loc=4102), tampa
    make.sign_in(location=no_key, **NORTHLIGHT)
    make.credential(location=refused, key="pos-of-nobody-at-all")
    make.sign_in(location=refused)

    runs = [pull(place) for place in (pos_ok, no_key, refused)]

    assert [run.state for run in runs] == ["completed"] * 3
    assert [run.source for run in runs] == [INVENTORY, "backoffice", "backoffice"]
    assert [entry["status"] for entry in asked(world, INVENTORY)] == [200, 401]
    assert [entry["status"] for entry in asked(world, "/reporting/products")] == [200]
    assert "The key was refused" in step(runs[2], "fetch").detail
    alarm = credential(refused, Credential.Kind.DUTCHIE_POS)
    assert (alarm.last_reason, alarm.last_failed_at is None) == ("The key was refused.", False)
    assert credential(pos_ok, Credential.Kind.DUTCHIE_POS).last_failed_at is None
    assert AuditEntry.objects.filter(action="credential.refused").count() == 1
    for _ in range(6):
        pull(refused)
    roads = {(road.service, road.key): road for road in Breaker.objects.all()}
    assert set(roads) == {
        ("Dutchie POS", str(pos_ok.pk)),
        ("Dutchie Backoffice", str(no_key.pk)),
        ("Dutchie POS", str(refused.pk)),
        ("Dutchie Backoffice", str(refused.pk)),
    }
    assert [road.open_until for road in roads.values()] == [None] * 4
    assert AuditEntry.objects.filter(action="credential.refused").count() == 1
    assert_nowhere(["pos-of-nobody-at-all", "dune-grass-822", SECRET])


def test_a_key_that_works_again_clears_the_alarm(tampa, world, inside):
    key = make.credential(location=tampa, key="pos-tampa-once-more")
    make.sign_in(location=tampa)
    pull(tampa)

    world.world.patch({"keys": {"pos-tampa-once-more": {"locationId": 7101, "roles": ["Inventory", "Reporting"]}}})
    run = pull(tampa)

    assert run.source == INVENTORY
    key.refresh_from_db()
    assert (key.last_failed_at, key.last_reason) == (None, "")
    assert AuditEntry.objects.filter(action="credential.accepted").count() == 1


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        ("401", "backoffice"),
        ("403", "backoffice"),
        ("500", "backoffice"),
        ("503", "backoffice"),
        ("503_html", "backoffice"),
        ("429", ""),
        ("403_html", ""),
        ("200_html", ""),
        ("200_null", ""),
        ("truncated_json", ""),
        ("reset_before_commit", ""),
    ],
)
def test_the_back_office_stands_in_for_refusals_and_their_own_trouble_alone(cast, world, inside, fault, source):
    make.sign_in(location=cast.place, **NORTHLIGHT)
    world.world.weather.add([{"path": "/*inventory", "fault": fault}])

    run = pull(cast.place)

    assert (run.state, run.source) == ("completed" if source else "failed", source)
    assert bool(asked(world, GRAPHQL)) == bool(source)


def test_an_empty_answer_is_an_answer(cast, world, inside):
    make.sign_in(location=cast.place, **NORTHLIGHT)
    pull(cast.place)
    world.world.weather.add([{"path": INVENTORY, "fault": "200_empty_list"}])

    run = pull(cast.place)

    assert (run.state, run.source) == ("held", INVENTORY)
    assert not asked(world, GRAPHQL)


def test_a_road_closed_after_failures_is_stood_in_for(cast, world, inside):
    make.sign_in(location=cast.place, **NORTHLIGHT)
    world.world.weather.add([{"path": "/reporting/*", "fault": "503"}])
    runs = [pull(cast.place) for _ in range(3)]

    assert [run.source for run in runs] == ["backoffice"] * 3
    assert Breaker.objects.get(service="Dutchie POS").open_until is not None
    assert Breaker.objects.get(service="Dutchie Backoffice").open_until is None
    assert "held back" in step(runs[2], "fetch").detail


def test_in_their_trouble_new_products_wait_for_the_product_list(cast, world, inside):
    make.sign_in(location=cast.place, **NORTHLIGHT)
    world.world.weather.add([{"path": "/reporting/*", "fault": "503"}])

    run = pull(cast.place)

    assert (run.source, run.counts["put_off"] > 0, Product.objects.count()) == ("backoffice", True, 0)


def test_with_a_refused_key_products_are_decided_without_upcs(cast, world, inside):
    make.sign_in(location=cast.place, **NORTHLIGHT)
    world.world.weather.add([{"path": "/*", "fault": "401", "caller": 4101, "method": "GET"}])

    run = pull(cast.place)

    assert (run.state, run.counts["put_off"]) == ("completed", 0)
    assert "without UPCs" in step(run, "match").detail
    assert set(ProductLink.objects.values_list("product__upc", flat=True)) == {""}


def test_when_both_fail_both_are_named(cast, world, inside):
    make.sign_in(location=cast.place, **{**NORTHLIGHT, "password": "not-the-password"})
    world.world.weather.add([{"path": "/*inventory", "fault": "401"}])

    run = pull(cast.place)

    assert run.state == "failed"
    assert "The key was refused." in run.error
    assert "The sign-in was refused." in run.error


def test_a_refused_sign_in_is_asked_once_however_often_it_is_synced(tampa, world, inside):
    make.sign_in(location=tampa, password="not-the-password")

    runs = [pull(tampa) for _ in range(3)]

    assert [run.state for run in runs] == ["failed"] * 3
    assert len(asked(world, LOGIN)) == 1
    assert "rests until" in runs[2].error
    assert credential(tampa, Credential.Kind.DUTCHIE_BACKOFFICE).last_reason == "The sign-in was refused."


def test_a_changed_sign_in_is_tried_at_once(tampa, world, inside):
    key = make.sign_in(location=tampa, password="not-the-password")
    pull(tampa)
    key.refresh_from_db()

    key.put_sign_in(username="backoffice@tidewater.example", password=SECRET)
    key.save()

    assert pull(tampa).state == "completed"


def test_where_settings_name_no_back_office_none_is_called(tampa, world, inside, settings):
    settings.DUTCHIE_BACKOFFICE_URL = ""
    make.sign_in(location=tampa)

    run = pull(tampa)

    assert (run.state, "DUTCHIE_BACKOFFICE_URL" in run.error) == ("failed", True)
    assert not asked(world, LOGIN)


@pytest.mark.parametrize(
    ("path", "fault", "password"),
    [
        (LOGIN, "delay", "planted-and-rejected"),
        (LOGIN, "500", SECRET),
        (LOGIN, "truncated_json", SECRET),
        (GRAPHQL, "401", SECRET),
        (GRAPHQL, "half_list", SECRET),
        ("/nowhere", "500", SECRET),
    ],
)
def test_a_planted_password_and_its_session_are_nowhere_to_be_read(tampa, world, inside, path, fault, password, caplog):
    caplog.set_level("DEBUG")
    make.sign_in(location=tampa, password=password)
    world.world.weather.add([{"path": path, "fault": fault, "seconds": 0}])

    pull(tampa)

    sessions = world.world.ids("sessions")
    assert_nowhere([password, *sessions])
    assert not [secret for secret in (password, *sessions) if secret in caplog.text]
    assert OutboundCall.objects.filter(path=LOGIN).exists()


def assert_nowhere(secrets: list[str]) -> None:
    """In no row of any table of ours, as text or as the bytes of one."""
    written = [form for secret in secrets for form in (secret, secret.encode().hex())]
    with everyone("looking for secrets"), connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta.db_table
            for secret in written:
                cursor.execute(f'SELECT count(*) FROM "{table}" row WHERE row::text LIKE %s', [f"%{secret}%"])
                assert cursor.fetchone() == (0,), f"{secret} stands in {table}"
