"""The back office: each organization sees its own rows, system rows are read-only, and every change leaves a record."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Connection, Credential, Location, Membership, User
from apps.catalog.models import Product, QuarantinedRow, StockChange
from apps.core import audit
from apps.core.models import AuditEntry, Breaker, Job, OutboundCall
from apps.core.scope import everyone
from tests import make

LISTS = [
    "accounts/apikey",
    "accounts/connection",
    "accounts/credential",
    "accounts/invitation",
    "accounts/license",
    "accounts/location",
    "accounts/membership",
    "accounts/organization",
    "accounts/user",
    "catalog/brand",
    "catalog/category",
    "catalog/product",
    "catalog/productlink",
    "catalog/quarantinedrow",
    "catalog/shelfline",
    "catalog/stockitem",
    "core/auditentry",
    "core/breaker",
    "core/job",
    "core/outboundcall",
    "core/syncrun",
]
# Looked at by their own rooms' tests and by the matrix.
ELSEWHERE = [
    "catalog/packrule",
    "catalog/pricelist",
    "compliance/discrepancy",
    "compliance/driver",
    "compliance/errorrule",
    "compliance/capability",
    "compliance/maintenancewindow",
    "compliance/facility",
    "compliance/package",
    "compliance/report",
    "compliance/tag",
    "compliance/transfer",
    "compliance/vehicle",
    "orders/deliveryrule",
    "orders/invoice",
    "orders/order",
    "orders/taxrule",
    "orders/tradeterms",
]
EVERYTHING = dict.fromkeys(["catalog/productlink", "catalog/quarantinedrow"], "?state__exact=all")
MADE_BY_THE_SYSTEM = [path for path in LISTS if path.startswith("core/")]
MADE_BY_THE_SYSTEM += ["catalog/stockitem", "catalog/shelfline", "catalog/productlink", "catalog/quarantinedrow"]


@pytest.fixture
def rival(cast):
    """Another wholesaler with one row of everything, and an owner of its own."""
    other = make.organization(side="wholesaler", name="Rival Farms")
    place = make.location(organization=other, name="Rival site", lsp=9, loc=9, key="rival-key-0001")
    fill(other, place, "Rival goods")
    make.connection(other, cast.stranger)
    make.user(email="boss@rival.test", at=other, staff=True)
    return place


def fill(owner, place, name):
    """One row of everything that a back office shows."""
    product = make.product(organization=owner, name=name, brand=f"{name} brand", category=f"{name} kind", is_new=True)
    item = make.stock(location=place, product=product, tag=f"tag of {name}")
    run = make.run(location=place, state="completed_with_quarantine")
    make.link(organization=owner, source_name=f"{name} in doubt")
    keeper = make.user(at=owner, name=f"{name} keeper")
    make.api_key(organization=owner, by=keeper, name=f"{name} key")
    make.invitation(organization=owner, by=keeper)
    make.license(location=place, note=f"{name} register")
    with everyone("test"):
        QuarantinedRow.objects.create(
            organization=owner,
            location=place,
            run=run,
            source="/reporting/inventory",
            position=1289,
            fingerprint=name,
            raw=b'{"unitPrice": -4, "name": "<script>alert(1)</script>", "x": "\xff\x00"}',
            reasons=[{"code": "number", "field": "unitPrice", "text": f"{name}: prices can't be below zero."}],
            last_seen_at=timezone.now(),
        )
        StockChange.objects.create(
            organization=owner,
            run=run,
            location_id=place.pk,
            product_id=product.pk,
            inventory_id=item.inventory_id,
            name=f"={name}",
            field="quantity",
            old="960",
            new="864",
            at=timezone.now(),
        )
        Job.objects.create(name="catalog.sync_inventory", organization_id=owner.pk, state="dead", error=f"{name} broke")
        Breaker.objects.create(service="dutchie", key=str(place.pk), recent="1101", reason=f"{name} road")
        OutboundCall.objects.create(
            service="dutchie", key=str(place.pk), method="GET", path=f"/{name}", seconds=0.2, outcome="ok", status=200
        )
        audit.record(f"{name} person", "test.filled", product, organization=owner)
    return run


@pytest.fixture
def own(cast):
    return fill(cast.wholesaler, cast.place, "Own goods")


@pytest.fixture
def root(db):
    return make.user(email="root@reup.test", staff=True, superuser=True)


def records(action) -> list[AuditEntry]:
    with everyone("test"):
        return list(AuditEntry.objects.filter(action=action))


def test_every_registered_model_is_in_the_list_of_this_test():
    shown = {f"{model._meta.app_label}/{model._meta.model_name}" for model in admin.site._registry}

    assert shown == {*LISTS, *ELSEWHERE, "django_celery_beat/periodictask"}


def test_only_staff_enter(cast, client_of):
    assert client_of().get("/admin/").status_code == 302
    assert client_of(cast.buyer).get("/admin/").status_code == 302
    assert client_of(cast.seller).get("/admin/").status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_a_list_shows_the_own_organizations_rows_and_never_a_rivals(own, rival, cast, client_of, path):
    answer = client_of(cast.seller).get(f"/admin/{path}/{EVERYTHING.get(path, '')}")
    text = answer.content.decode()

    assert answer.context["cl"].result_count > 0
    assert "Rival" not in text
    assert str(rival.pk) not in text


@pytest.mark.parametrize("path", LISTS)
def test_the_number_of_queries_of_a_list_does_not_grow_with_its_rows(own, cast, client_of, path):
    client, counts = client_of(cast.seller), []
    for more in (0, 6):
        for number in range(more):
            place = make.location(organization=cast.wholesaler, key=f"another-key-{number:04}")
            fill(cast.wholesaler, place, f"More {number}")
            make.user(at=cast.wholesaler)
            make.connection(cast.wholesaler, make.organization(side="retailer"))
        with CaptureQueriesContext(connection) as queries:
            assert (
                client.get(f"/admin/{path}/?state__exact=all" if "row" in path else f"/admin/{path}/").status_code
                == 200
            )
        counts.append(len(queries))

    assert counts[1] <= counts[0] + 1, counts
    assert counts[1] <= 31, counts


@pytest.mark.parametrize(
    ("path", "model"),
    [("catalog/product", Product), ("accounts/location", Location), ("accounts/credential", Credential)],
)
def test_a_rivals_row_can_neither_be_opened_nor_saved(rival, cast, client_of, path, model):
    with everyone("test"):
        row = model.objects.get(organization=rival.organization)
        before = row.updated_at
    client = client_of(cast.seller)

    for answer in (
        client.get(f"/admin/{path}/{row.pk}/change/"),
        client.post(f"/admin/{path}/{row.pk}/change/", {"name": "Taken over", "key": "mine"}),
    ):
        assert answer.status_code == 302  # Django's "doesn't exist, perhaps it was deleted"
        assert answer.url == "/admin/"
    with everyone("test"):
        assert model.objects.get(pk=row.pk).updated_at == before


def test_a_superuser_sees_all_and_each_look_is_on_record(own, rival, root, client_of):
    text = client_of(root).get("/admin/catalog/product/").content.decode()

    assert "Own goods" in text
    assert "Rival goods" in text
    assert records("platform.looked")[0].actor == "root@reup.test"


@pytest.mark.parametrize("path", MADE_BY_THE_SYSTEM)
def test_what_the_system_makes_is_not_added_changed_or_deleted_by_hand(own, cast, root, client_of, path):
    app, name = path.split("/")
    model = next(model for model in admin.site._registry if model._meta.label_lower == f"{app}.{name}")
    with everyone("test"):
        row = model.objects.order_by("pk").first()

    for person in (cast.seller, root):
        client = client_of(person)
        assert client.get(f"/admin/{path}/add/").status_code == 403
        assert client.post(f"/admin/{path}/{row.pk}/change/", {}).status_code in (403, 404)
        assert client.post(f"/admin/{path}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
        assert client.get(f"/admin/{path}/{row.pk}/change/").status_code == 200


def edit(product, **changes):
    values = {name: getattr(product, name) for name in ("name", "sku", "upc", "strain", "strain_type", "size")}
    values |= {"brand": product.brand_id, "category": product.category_id, "is_cannabis": "on", "is_listed": "on"}
    return values | changes


def test_an_edited_product_is_marked_as_edited_and_the_change_is_on_record(own, cast, client_of):
    with everyone("test"):
        product = Product.objects.get(name="Own goods")
    answer = client_of(cast.seller).post(
        f"/admin/catalog/product/{product.pk}/change/", edit(product, name="Better name")
    )

    assert answer.status_code == 302, answer.content
    with everyone("test"):
        product.refresh_from_db()
    (record,) = records("product.changed")
    assert product.name == "Better name"
    assert product.edited_at is not None
    assert (record.organization_id, record.actor) == (cast.wholesaler.pk, cast.seller.email)
    assert record.data["fields"]["name"] == ["Own goods", "Better name"]


def test_marking_as_looked_at_is_one_record_that_names_the_products(own, rival, cast, client_of):
    with everyone("test"):
        ids = [str(pk) for pk in Product.objects.values_list("pk", flat=True)]  # the rival's too: a forged form
        mine = Product.objects.get(name="Own goods")
    body = {"action": "mark_looked_at", "_selected_action": ids}
    client_of(cast.seller).post("/admin/catalog/product/", body)

    with everyone("test"):
        assert set(Product.objects.filter(is_new=True).values_list("name", flat=True)) == {"Rival goods"}
    (record,) = records("product.looked_at")
    assert record.data["products"] == [str(mine.pk)]


def test_a_key_is_written_and_used_and_never_shown(cast, client_of):
    client = client_of(cast.seller)
    place = make.location(organization=cast.wholesaler, name="Lansing")
    body = {"location": place.pk, "kind": "dutchie_pos", "key": "sk-live-secret-98765432"}
    answer = client.post("/admin/accounts/credential/add/", body)

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    with everyone("test"):
        kept = Credential.objects.get(location=place)
        assert kept.open() == "sk-live-secret-98765432"
    pages = [client.get(f"/admin/accounts/credential/{path}").content.decode() for path in ("", f"{kept.pk}/change/")]
    assert all("…5432" in text for text in pages)
    assert not any("sk-live" in text for text in pages)
    assert "sk-live" not in str([record.data for record in records("credential.added")])
    client.post(f"/admin/accounts/credential/{kept.pk}/change/", {"key": ""})
    client.post(f"/admin/accounts/credential/{kept.pk}/change/", {"key": "sk-live-second-00001111"})
    with everyone("test"):
        assert Credential.objects.get(pk=kept.pk).open() == "sk-live-second-00001111"
    assert records("credential.changed")[-1].data["fields"] == {"key": "set anew"}


def test_a_sign_in_needs_its_user_name_and_shows_neither_name_nor_password(cast, client_of):
    client = client_of(cast.seller)
    body = {"location": cast.place.pk, "kind": "dutchie_backoffice", "key": "backoffice-pass-1", "tenant": "northlight"}
    path = "/admin/accounts/credential/add/"

    assert "A sign-in needs its user name beside the password." in client.post(path, body).content.decode()
    assert client.post(path, body | {"username": "robin.sync@northlight.test"}).status_code == 302
    with everyone("test"):
        kept = Credential.objects.get(kind="dutchie_backoffice")
    assert kept.open_sign_in().password == "backoffice-pass-1"
    for shown in ("", f"{kept.pk}/change/"):
        text = client.get(f"/admin/accounts/credential/{shown}").content.decode()
        assert "robin.sy…" in text
        assert "backoffice-pass-1" not in text
        assert "robin.sync@" not in text
    told = records("credential.added")[0].data["fields"]
    assert {told[name] for name in ("key", "username", "tenant")} == {"set anew"}


def test_a_key_for_a_rivals_place_is_no_choice(rival, cast, client_of):
    body = {"location": rival.pk, "kind": "dutchie_integrator", "key": "sk-live-secret-98765432"}
    answer = client_of(cast.seller).post("/admin/accounts/credential/add/", body)

    assert answer.status_code == 200
    assert "Select a valid choice" in answer.content.decode()


def test_a_member_adds_a_place_to_the_own_organization_whatever_the_form_says(rival, cast, client_of):
    body = {"name": "Flint", "slug": "flint", "zone": "America/Detroit", "organization": rival.organization_id}
    client_of(cast.seller).post("/admin/accounts/location/add/", body | {"is_active": "on"})

    with everyone("test"):
        assert Location.objects.get(slug="flint").organization == cast.wholesaler
    assert records("location.added")[0].organization_id == cast.wholesaler.pk


def test_a_member_sees_fellow_members_alone_and_changes_no_person(rival, cast, client_of):
    fellow = make.user(email="fellow@northlight.test", at=cast.wholesaler)
    client = client_of(cast.seller)
    text = client.get("/admin/accounts/user/").content.decode()

    assert "fellow@northlight.test" in text
    assert "boss@rival.test" not in text
    assert "buyer@juniper.test" not in text
    answer = client.post(f"/admin/accounts/user/{fellow.pk}/change/", {"email": "x@x.test", "is_superuser": "on"})
    assert answer.status_code == 403
    page = client.get(f"/admin/accounts/user/{fellow.pk}/change/").content.decode()
    assert "argon" not in page
    assert "md5" not in page


def test_an_owner_adds_a_member_by_email_and_staff_may_not(cast, client_of):
    made = make.user(email="new@northlight.test")
    body = {"email": "New@Northlight.test", "roles": ["order_desk"]}
    helper = make.user(at=cast.wholesaler, role="staff", staff=True)

    assert client_of(helper).post("/admin/accounts/membership/add/", body).status_code == 403
    assert client_of(cast.seller).post("/admin/accounts/membership/add/", body).status_code == 302
    with everyone("test"):
        member = Membership.objects.select_related("organization").get(user=made)
    assert (member.organization, member.role, member.roles) == (cast.wholesaler, "staff", ["order_desk"])
    assert len(records("membership.added")) == 1
    answer = client_of(cast.seller).post("/admin/accounts/membership/add/", body | {"email": "no@body.test"})
    assert "No person signs in with this email." in answer.content.decode()


def test_the_wholesaler_may_end_a_connection_and_neither_side_may_open_one(cast, client_of):
    buyer, seller = client_of(make.user(at=cast.retailer, staff=True)), client_of(cast.seller)
    with everyone("test"):
        joined = Connection.objects.get(retailer=cast.retailer)
    path = f"/admin/accounts/connection/{joined.pk}/delete/"
    marked = {"action": "delete_selected", "_selected_action": [joined.pk], "post": "yes"}

    for client in (buyer, seller):
        assert client.get("/admin/accounts/connection/add/").status_code == 403
    assert buyer.post(path, {"post": "yes"}).status_code == 403
    assert buyer.post("/admin/accounts/connection/", marked).status_code == 403
    with everyone("test"):
        assert Connection.objects.filter(pk=joined.pk).exists()
    assert records("connection.removed") == []
    assert seller.post(path, {"post": "yes"}).status_code == 302
    with everyone("test"):
        assert not Connection.objects.filter(pk=joined.pk).exists()
    assert len(records("connection.removed")) == 1


def test_a_removal_that_row_security_lets_pass_by_is_no_success(cast, scoped, rf):
    with everyone("test"):
        joined = Connection.objects.get(retailer=cast.retailer)
    request = rf.post("/")
    request.user = cast.buyer

    with scoped(cast.buyer), pytest.raises(PermissionDenied), transaction.atomic():
        admin.site._registry[Connection].delete_model(request, joined)
    assert records("connection.removed") == []


def test_a_superuser_makes_a_person_whose_password_works(root, client_of):
    body = {"email": "anna@reup.test", "name": "Anna", "usable_password": "true"}
    body |= {"password1": "correct horse battery", "password2": "correct horse battery"}
    answer = client_of(root).post("/admin/accounts/user/add/", body)

    assert answer.status_code == 302, answer.content.decode()[-2000:]
    assert User.objects.get(email="anna@reup.test").check_password("correct horse battery")
    assert "correct horse" not in str(records("user.added")[0].data)


def test_a_run_page_tells_steps_changes_and_rows_set_aside_as_text(own, cast, client_of):
    text = client_of(cast.seller).get(f"/admin/core/syncrun/{own.pk}/change/").content.decode()

    for said in ("1. Fetch", "7. Log", "=Own goods", "960", "864", "−96", "prices can&#x27;t be below zero.", "1289"):
        assert said in text, said


def test_a_held_run_says_so_on_its_own_page_and_on_the_next(cast, client_of):
    held = make.run(location=cast.place, state="held", error="Dutchie sent 1,934 rows where about 4,012 were expected.")
    after = make.run(location=cast.place)
    much_later = make.run(location=cast.place)
    client = client_of(cast.seller)

    for run, shown in ((held, True), (after, True), (much_later, False)):
        text = client.get(f"/admin/core/syncrun/{run.pk}/change/").content.decode()
        assert (f"Run {held.pk} is held for a person." in text) is shown


def test_changes_come_as_csv_that_no_spreadsheet_runs(own, cast, client_of):
    answer = client_of(cast.seller).get(f"/admin/core/syncrun/{own.pk}/changes.csv")
    head, row = answer.content.decode().splitlines()

    assert head == "at,inventory_id,product_id,name,field,was,now"
    assert ",'=Own goods,quantity,960,864" in row


def test_a_rivals_run_is_not_there(own, rival, cast, client_of):
    with everyone("test"):
        run = StockChange.objects.get(name="=Rival goods").run
    client = client_of(cast.seller)

    for path in ("change/", "changes.csv"):
        assert client.get(f"/admin/core/syncrun/{run.pk}/{path}").status_code == 404
    assert client.post("/admin/core/syncrun/sync/", {"location": rival.pk}).status_code == 404
    assert client.post("/admin/core/syncrun/sync/", {"location": "x"}).status_code == 404


def test_a_connected_retailers_staff_does_not_read_the_wholesalers_runs_or_costs(own, cast, client_of):
    staff = make.user(at=cast.retailer, staff=True)
    client = client_of(staff)

    assert client.get(f"/admin/core/syncrun/{own.pk}/change/").status_code == 404
    for path in ("catalog/stockitem", "catalog/product", "catalog/shelfline", "core/syncrun", "accounts/location"):
        assert "Own goods" not in client.get(f"/admin/{path}/").content.decode(), path
        assert "Northlight, Holland" not in client.get(f"/admin/{path}/").content.decode(), path


def test_sync_now_is_a_button_that_writes_a_job(cast, client_of):
    client = client_of(cast.seller)
    answer = client.post("/admin/core/syncrun/sync/", {"location": cast.place.pk}, follow=True)

    assert "Northlight, Holland will be read in a moment." in answer.content.decode()
    with everyone("test"):
        assert Job.objects.get(name="catalog.sync_inventory").organization_id == cast.wholesaler.pk
    assert records("inventory.sync_asked")[0].organization_id == cast.wholesaler.pk
    assert client.get("/admin/core/syncrun/sync/").status_code == 404
    assert 'action="/admin/core/syncrun/sync/"' in client.get("/admin/core/syncrun/").content.decode()


def test_sync_now_by_a_superuser_stands_in_the_locations_own_trail(cast, root, client_of):
    client_of(root).post("/admin/core/syncrun/sync/", {"location": cast.place.pk})

    (record,) = records("inventory.sync_asked")
    assert (record.organization_id, record.actor) == (cast.wholesaler.pk, root.email)


def test_a_quarantined_row_is_shown_as_text(own, cast, client_of):
    with everyone("test"):
        kept = QuarantinedRow.objects.get()
    text = client_of(cast.seller).get(f"/admin/catalog/quarantinedrow/{kept.pk}/change/").content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\\xff\\x00" in text


def test_a_match_in_doubt_names_its_candidates(own, cast, client_of):
    with everyone("test"):
        ours = Product.objects.get(name="Own goods")
    candidate = {"product": str(ours.pk), "score": 91, "why": "", "veto": ""}
    link = make.link(organization=cast.wholesaler, candidates=[candidate])
    text = client_of(cast.seller).get(f"/admin/catalog/productlink/{link.pk}/change/").content.decode()

    assert f"Own goods · {ours.sku}" in text


@pytest.mark.parametrize(("path", "state"), [("productlink", "review"), ("quarantinedrow", "open")])
def test_a_queue_shows_what_waits_unless_asked_for_more(own, cast, client_of, path, state):
    with everyone("test"):
        QuarantinedRow.objects.update(state="fixed")
    client = client_of(cast.seller)
    first, whole = (client.get(f"/admin/catalog/{path}/{query}") for query in ("", "?state__exact=all"))

    assert {row.state for row in first.context["cl"].result_list} <= {state}
    assert len(whole.context["cl"].result_list) > len(first.context["cl"].result_list)


def test_a_job_that_was_given_up_goes_back_to_work_and_others_are_left_alone(own, cast, client_of):
    with everyone("test"):
        dead = Job.objects.get(state="dead")
        done = Job.objects.create(name="x.done", organization_id=cast.wholesaler.pk, state="done")
    body = {"action": "put_back", "_selected_action": [dead.pk, done.pk]}
    answer = client_of(cast.seller).post("/admin/core/job/", body, follow=True)

    with everyone("test"):
        assert dict(Job.objects.values_list("pk", "state")) == {dead.pk: "ready", done.pk: "done"}
    assert "1 job is back at work." in answer.content.decode()
    assert records("job.put_back")[0].organization_id == cast.wholesaler.pk


def test_the_timetable_is_paused_and_run_by_the_platforms_own_people_alone(cast, root, client_of, monkeypatch):
    from celery import current_app
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    sent = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: sent.append((name, options["kwargs"])))
    every = IntervalSchedule.objects.create(every=15, period="minutes")
    line = PeriodicTask.objects.create(name="Read the stores", task="catalog.sync_stores", interval=every)
    path = "/admin/django_celery_beat/periodictask/"

    assert client_of(cast.seller).get(path).status_code == 403
    client = client_of(root)
    client.post(path, {"action": "run_now", "_selected_action": [line.pk]})
    client.post(f"{path}{line.pk}/change/", {"name": "Renamed"})
    line.refresh_from_db()
    assert sent == [("catalog.sync_stores", {"now": True})]
    assert (line.enabled, line.name) == (False, "Read the stores")
    assert records("periodictask.changed")[0].data["fields"] == {"enabled": ["True", "False"]}
    assert len(records("timetable.run_now")) == 1


def test_the_home_page_stands_with_queues_and_stores(own, cast, client_of):
    with everyone("test"):
        QuarantinedRow.objects.update(created_at=timezone.now() - timedelta(days=3))
    text = client_of(cast.seller).get("/admin/").content.decode()

    assert "Quarantined rows" in text
    assert "Northlight, Holland" in text
