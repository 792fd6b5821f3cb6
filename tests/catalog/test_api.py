"""Products, inventory and runs as JSON: what is one's own, what a connection opens, and what stays a stranger's 404."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.catalog.models import Product, QuarantinedRow, ShelfLine
from apps.core.models import AuditEntry, Job
from apps.core.scope import everyone
from tests import make

API = "/api/v1/"


@pytest.fixture
def line(cast) -> ShelfLine:
    product = make.product(organization=cast.wholesaler, name="Night Bus", sku="HL-1001", brand="Halide Labs")
    make.stock(location=cast.place, product=product, quantity="3.5", price="17.5", unit_cost=Decimal("4.2"))
    with everyone("test"):
        return ShelfLine.objects.get(product=product)


def everything(client, path) -> list[dict]:
    """All pages of a list."""
    found = []
    while path:
        answer = client.get(path).json()
        found += answer["results"]
        path = answer["next"]
    return found


@pytest.mark.parametrize("path", ["products/", "inventory/", "sync-runs/", "locations/", f"products/{uuid4()}/"])
def test_an_anonymous_call_is_refused_as_a_problem(client, db, path):
    answer = client.get(API + path)

    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not-signed-in"


@pytest.mark.parametrize("path", ["products/", "inventory/", "sync-runs/", "locations/"])
def test_a_person_without_organization_may_not_call(client_of, db, path):
    assert client_of(make.user()).get(API + path).status_code == 403


def test_money_and_quantities_are_decimal_text_with_their_currency(line, cast, client_of):
    (row,) = client_of(cast.buyer).get(API + "inventory/").json()["results"]

    assert (row["quantity"], row["price"], row["currency"]) == ("3.5000", "17.5000", "USD")
    assert row["product"] == {"id": str(line.product_id), "sku": "HL-1001", "name": "Night Bus"}
    assert (row["in_stock"], row["package_count"]) == (True, 1)
    assert row["changed_at"].endswith("Z")


def test_a_connected_retailer_reads_what_a_stranger_is_not_told_of(line, cast, client_of):
    run = make.run(location=cast.place)
    doors = [f"products/{line.product_id}/", f"inventory/{line.pk}/", f"locations/{cast.place.pk}/"]
    doors += [f"inventory/?location={cast.place.pk}", f"inventory/?product={line.product_id}"]
    buyer, outsider = client_of(cast.buyer), client_of(cast.outsider)

    assert [buyer.get(API + door).status_code for door in doors] == [200] * 5
    answers = [outsider.get(API + door) for door in doors]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert {answer.json()["code"] for answer in answers} == {"not-found"}
    assert outsider.get(f"{API}sync-runs/{run.pk}/").status_code == 404
    for path in ("products/", "inventory/", "sync-runs/", "locations/"):
        assert outsider.get(API + path).json() == {"results": [], "next": None}


def test_a_run_is_its_own_organizations_even_for_a_connected_retailer(cast, client_of):
    run = make.run(location=cast.place)
    buyer = client_of(cast.buyer)

    assert client_of(cast.seller).get(f"{API}sync-runs/{run.pk}/").status_code == 200
    assert buyer.get(f"{API}sync-runs/{run.pk}/").status_code == 404
    assert buyer.get(f"{API}sync-runs/").json()["results"] == []
    assert buyer.get(f"{API}sync-runs/?location={cast.place.pk}").status_code == 404


def test_costs_are_the_owners_alone(line, cast, client_of):
    path = f"{API}inventory/{line.pk}/"
    (own,), (theirs,) = (client_of(who).get(path).json()["packages"] for who in (cast.seller, cast.buyer))

    assert own["unit_cost"] == "4.2000"
    assert theirs["unit_cost"] is None
    assert theirs["allocated"] is None
    assert theirs["price"] == "17.5000"


def test_packages_add_up_to_their_line_and_come_in_the_order_they_are_taken(line, cast, client_of):
    day = timezone.now().date()
    with everyone("test"):
        product = Product.objects.get(pk=line.product_id)
    make.stock(location=cast.place, product=product, quantity="2", expires_date=day + timedelta(days=9), tag="1A40")
    make.stock(location=cast.place, product=product, quantity="50", status="Testing")
    row = client_of(cast.buyer).get(f"{API}inventory/{line.pk}/").json()

    assert [package["quantity"] for package in row["packages"]] == ["2.0000", "3.5000"]
    assert row["packages"][0]["tag"] == "1A40"
    assert Decimal(row["quantity"]) == sum(Decimal(package["quantity"]) for package in row["packages"])


def test_an_unlisted_product_is_its_owners_alone(line, cast, client_of):
    with everyone("test"):
        Product.objects.filter(pk=line.product_id).update(is_listed=False)

    for path in (f"products/{line.product_id}/", f"inventory/{line.pk}/"):
        assert client_of(cast.seller).get(API + path).status_code == 200
        assert client_of(cast.buyer).get(API + path).status_code == 404


def test_filters_of_inventory_leave_what_they_say(line, cast, client_of):
    empty = make.shelf_line(location=cast.place, quantity="0")
    client = client_of(cast.buyer)

    def left(query):
        return {row["id"] for row in client.get(f"{API}inventory/?{query}").json()["results"]}

    assert left("in_stock=true") == {str(line.pk)}
    assert left("in_stock=false") == {str(empty.pk)}
    assert left(f"product={empty.product_id}") == {str(empty.pk)}
    assert left(f"location={cast.place.pk}") == {str(line.pk), str(empty.pk)}
    with everyone("test"):
        ShelfLine.objects.filter(pk=empty.pk).update(changed_at=timezone.now() - timedelta(days=2))
    since = (timezone.now() - timedelta(days=1)).isoformat().replace("+", "%2B")
    assert left(f"changed_since={since}") == {str(line.pk)}


def test_products_are_found_by_part_of_the_name_and_by_sku(line, cast, client_of):
    client = client_of(cast.buyer)

    for query, count in (("q=ight+b", 1), ("q=HL-1001", 1), ("sku=HL-1001", 1), ("sku=HL-100", 0), ("q=zzz", 0)):
        assert len(client.get(f"{API}products/?{query}").json()["results"]) == count, query


@pytest.mark.parametrize(
    "path",
    [
        "inventory/?location=here",
        "inventory/?in_stock=perhaps",
        "inventory/?changed_since=yesterday",
        "inventory/?colour=red",
        "inventory/?page_size=0",
        "inventory/?page_size=100000",
        "inventory/?product=%00",
        "products/?q=%00",
        "sync-runs/?state=great",
        "sync-runs/?organization=1",
    ],
)
def test_a_query_that_cannot_be_read_is_400_and_names_its_field(cast, client_of, path):
    answer = client_of(cast.seller).get(API + path)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [path.split("?")[1].split("=")[0]]


def test_a_cursor_that_is_none_of_ours_is_a_400_that_names_it(cast, client_of):
    answer = client_of(cast.seller).get(f"{API}inventory/?cursor=nonsense")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["cursor"]


def test_pages_to_the_end_hold_every_row_once(cast, client_of):
    made = {str(make.shelf_line(location=cast.place).pk) for _ in range(7)}
    rows = everything(client_of(cast.buyer), f"{API}inventory/?page_size=2&in_stock=true")

    assert len(rows) == 7
    assert {row["id"] for row in rows} == made


@pytest.mark.parametrize("path", ["inventory/", "products/", "sync-runs/"])
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, client_of, path):
    client, counts = client_of(cast.seller), []
    for more in (1, 20):
        for _ in range(more):
            make.shelf_line(location=cast.place)
            make.run(location=cast.place)
        with CaptureQueriesContext(connection) as queries:
            client.get(API + path)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12, counts


def test_a_run_tells_its_steps_counts_and_quarantined_rows(cast, client_of):
    counts = {"fetched": 9, "quarantined": 1, "matched": {"sku": 8}}
    run = make.run(location=cast.place, state="completed_with_quarantine", counts=counts)
    with everyone("test"):
        QuarantinedRow.objects.create(
            organization=cast.wholesaler,
            location=cast.place,
            run=run,
            source="/reporting/inventory",
            position=3,
            fingerprint="f",
            raw=b"\xff\x00",
            reasons=[{"code": "number.out_of_range", "field": "unitPrice", "text": "Prices can't be below zero."}],
            last_seen_at=timezone.now(),
        )
    told = client_of(cast.seller).get(f"{API}sync-runs/{run.pk}/").json()

    assert [phase["name"] for phase in told["phases"]] == [
        "fetch",
        "transform",
        "match",
        "compare",
        "update",
        "notify",
        "log",
    ]
    assert told["counts"]["matched"] == {"sku": 8, "upc": 0, "alias": 0, "name": 0, "link": 0}
    assert told["quarantined"][0]["reasons"][0]["text"] == "Prices can't be below zero."
    assert told["seconds"] == 3.0


def test_runs_are_filtered_by_location_and_state(cast, client_of):
    failed = make.run(location=cast.place, state="failed")
    make.run(location=make.location(organization=cast.wholesaler))
    client = client_of(cast.seller)

    for query in ("state=failed", f"location={cast.place.pk}"):
        assert [run["id"] for run in client.get(f"{API}sync-runs/?{query}").json()["results"]] == [failed.pk]


def test_sync_now_writes_a_job_and_a_record_and_answers_202(cast, client_of):
    answer = client_of(cast.seller).post(f"{API}sync-runs/", {"location": str(cast.place.pk)}, "application/json")

    assert answer.status_code == 202, answer.content
    assert answer.json() == {"run": None, "joined": False}
    with everyone("test"):
        assert Job.objects.get(name="catalog.sync_inventory").kwargs["location_id"] == str(cast.place.pk)
        assert AuditEntry.objects.filter(action="inventory.sync_asked", organization_id=cast.wholesaler.pk).count() == 1


def test_sync_now_joins_a_run_that_is_at_work(cast, client_of):
    run = make.run(location=cast.place, state="running")
    answer = client_of(cast.seller).post(f"{API}sync-runs/", {"location": str(cast.place.pk)}, "application/json")

    assert (answer.status_code, answer.json()["joined"], answer.json()["run"]["id"]) == (202, True, run.pk)


def test_sync_now_repeated_with_its_key_is_answered_again_and_done_once(cast, client_of):
    client = client_of(cast.seller)
    headers = {"Idempotency-Key": "once"}
    answers = [
        client.post(f"{API}sync-runs/", {"location": str(cast.place.pk)}, "application/json", headers=headers)
        for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert answers[1]["Idempotent-Replayed"] == "true"
    with everyone("test"):
        assert AuditEntry.objects.filter(action="inventory.sync_asked").count() == 1


def test_sync_now_is_for_owners_and_staff_of_the_locations_own_side(cast, client_of):
    body = {"location": str(cast.place.pk)}
    boss = make.user(at=cast.retailer, role="owner")

    def post(person):
        return client_of(person).post(f"{API}sync-runs/", body, "application/json").status_code

    assert post(make.user(at=cast.wholesaler, role="viewer")) == 403
    assert post(cast.buyer) == 403
    assert post(boss) == 404
    assert post(make.user(at=cast.wholesaler, role="staff")) == 202


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [({}, 400, "location"), ({"location": "x"}, 400, "location"), ({"location": str(uuid4()), "now": 1}, 400, "now")],
)
def test_sync_now_refuses_a_body_it_cannot_read(cast, client_of, body, status, field):
    answer = client_of(cast.seller).post(f"{API}sync-runs/", body, "application/json")

    assert answer.status_code == status
    assert field in answer.json()["errors"]


def test_sync_now_without_a_key_for_dutchie_is_a_rule_that_says_no(cast, client_of):
    bare = make.location(organization=cast.wholesaler, name="No key yet")
    answer = client_of(cast.seller).post(f"{API}sync-runs/", {"location": str(bare.pk)}, "application/json")

    assert (answer.status_code, answer.json()["code"]) == (422, "no-dutchie-key")


def test_the_openapi_document_is_whole_and_has_no_warning(capsys, tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))
    text = (tmp_path / "schema.yml").read_text()

    for path in ("products/", "inventory/{id}/", "sync-runs/", "sync-runs/{id}/", "locations/"):
        assert f"/api/v1/{path}:" in text


def test_a_product_tells_what_this_buyer_pays_by_quantity_and_pack(cast, client_of):
    product = make.product(organization=cast.wholesaler)
    make.shelf_line(location=cast.place, product=product, price="18.42")
    make.price_list(seller=cast.wholesaler, buyers=[cast.retailer], rows=[(product, 0, "17.5"), (product, 48, "16.8")])
    make.pack(product=product, multiple="24")
    path = f"{API}products/{product.pk}/"

    mine, theirs = client_of(cast.buyer).get(path).json(), client_of(cast.seller).get(path).json()

    assert (mine["price"], mine["currency"], theirs["price"]) == ("17.5000", "USD", "18.4200")
    assert mine["ladder"] == [
        {"from_quantity": "0.0000", "price": "17.5000"},
        {"from_quantity": "48.0000", "price": "16.8000"},
    ]
    assert mine["pack"] == {"minimum": None, "multiple": "24.0000"}
    assert mine["ladder"] == client_of(cast.buyer).get(f"{API}products/").json()["results"][0]["ladder"]


def test_a_product_that_nobody_priced_has_no_price(cast, client_of):
    product = make.product(organization=cast.wholesaler)

    row = client_of(cast.buyer).get(f"{API}products/{product.pk}/").json()

    assert (row["price"], row["ladder"], row["pack"]) == (None, [], {"minimum": None, "multiple": None})
