"""API keys: scopes of the policy file, the organization's rows, nothing of their maker's; dead at the next request."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from apps.accounts import keyed, rules
from apps.accounts.actions import api_keys, team
from apps.accounts.middleware import EnterScope
from apps.accounts.models import ApiKey, Membership, Session, User
from apps.core.models import AuditEntry
from apps.core.scope import current, everyone, scope
from reup import policy
from tests import make
from tests.walks.walker import METHODS, path_of, routes, unknown

from .ways import later, tokens_of

pytestmark = pytest.mark.django_db
PRODUCTS, LOCATIONS = "/api/v1/products/", "/api/v1/locations/"
EVERY = sorted(rules.SCOPES)
API = [route for route in routes() if route.key in policy.API]
SHUT = [route for route in API if not (route.line.reads or route.line.writes or policy.ANONYMOUS in route.line.get)]


@pytest.fixture
def boss(cast):
    return make.user(email="boss@juniper.test", at=cast.retailer, role="owner")


@pytest.fixture
def made(cast, boss):
    """`made(*scopes)` is a key of the retailer's and its text."""
    return lambda *scopes, **more: make.api_key(organization=cast.retailer, by=boss, scopes=scopes, **more)


def ask(text: str, path: str = PRODUCTS, method: str = "get", **more):
    client = Client(raise_request_exception=False)
    return getattr(client, method)(path, headers={"Authorization": f"Api-Key {text}"}, **more)


def test_a_key_reads_what_its_organization_may_and_strangers_rows_are_not_there(cast, made):
    mine, theirs = make.location(organization=cast.retailer), make.location(organization=cast.stranger)
    _key, text = made("inventory:read")

    found = {row["id"] for row in ask(text, LOCATIONS).json()["results"]}

    assert found == {str(mine.pk), str(cast.place.pk)}
    assert ask(text, f"{LOCATIONS}{theirs.pk}/").status_code == 404


def test_a_key_needs_the_scope_its_route_names(made):
    _key, text = made("inventory:read")
    answer = ask(text)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert "products:read" in answer.json()["detail"]


def test_looking_is_not_acting(cast, boss):
    place = make.location(organization=cast.wholesaler, lsp=822, loc=4102, key="pos-northlight-lansing")
    seller = make.user(at=cast.wholesaler, role="owner")
    keys = {scope: make.api_key(organization=cast.wholesaler, by=seller, scopes=[scope])[1] for scope in EVERY}
    body = {"data": {"location": str(place.pk)}, "content_type": "application/json"}

    answers = {name: ask(text, "/api/v1/sync-runs/", "post", **body).status_code for name, text in keys.items()}

    assert answers.pop("inventory:write") == 202
    assert set(answers.values()) == {403}


@pytest.mark.parametrize("route", SHUT, ids=lambda route: route.key)
def test_a_key_with_every_scope_gets_into_no_route_that_names_none(made, route):
    _key, text = made(*EVERY)
    path = path_of(route, unknown(route.line.of) if route.line.of else None)

    for method in METHODS:
        answer = ask(text, path, method.lower())
        assert answer.status_code == 403, method
        if method != "HEAD":
            assert answer.json()["code"] == "key-not-taken"


def test_the_shut_routes_are_those_of_signing_in_and_of_ones_own_security():
    shut = {route.key for route in SHUT}

    assert {"api:token", "api:refresh", "api:mfa_verify", "api:sessions", "api:ws-ticket", "api:api_keys"} <= shut
    assert {"api:members", "api:invitations", "api:wallet_link", "api:wallets", "api:logout"} <= shut


# --- one that opens nothing


def revoked(key, boss):
    with everyone("test"):
        api_keys.revoke_key(key=key, by=boss, now=timezone.now())


def run_out(key, boss):
    with everyone("test"):
        ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def maker_switched_off(key, boss):
    User.objects.filter(pk=boss.pk).update(is_active=False)


def maker_made_a_viewer(key, boss):
    with everyone("test"):
        member = Membership.objects.select_related("organization").get(user=boss)
        make.user(at=member.organization, role="owner")
        team.change_member(member=member, roles=["viewer"], by=boss)


def maker_removed(key, boss):
    with everyone("test"):
        member = Membership.objects.select_related("organization").get(user=boss)
        make.user(at=member.organization, role="owner")
        team.remove_member(member=member, by=boss, now=timezone.now())


@pytest.mark.parametrize("change", [revoked, run_out, maker_switched_off, maker_made_a_viewer, maker_removed])
def test_a_key_stops_with_the_next_request(made, boss, change):
    key, text = made("products:read")
    assert ask(text).status_code == 200

    change(key, boss)

    answer = ask(text)
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_what_is_not_the_key_is_refused_in_the_same_words(made):
    key, text = made("products:read")
    _other, foreign = made("products:read")
    swapped = f"{key.prefix}_{foreign.rpartition('_')[2]}"
    wrong = [
        "",
        "x",
        text[:-1],
        text + "a",
        text.upper(),
        key.prefix,
        key.digest,
        swapped,
        f"{text}\x00",
        f"Bearer {text}",
    ]

    told = {(answer.status_code, answer.json()["detail"]) for answer in map(ask, wrong)}

    assert len(told) == 1
    assert told.pop()[0] == 401


def test_a_bad_key_beside_a_good_cookie_signs_nobody_in(cast, client_of):
    client = client_of(cast.buyer)

    assert client.get(PRODUCTS).status_code == 200
    assert client.get(PRODUCTS, headers={"Authorization": "Api-Key ru_nothing"}).status_code == 401


def test_a_key_opens_no_page(made):
    _key, text = made(*EVERY)

    assert ask(text, "/portal/catalog/").status_code == 302


# --- what is kept of it, and told


def test_only_the_beginning_and_a_digest_are_kept(made):
    key, text = made("products:read")
    secret = text.rpartition("_")[2]

    with everyone("test"):
        row = ApiKey.objects.filter(pk=key.pk).values().get()
        told = list(AuditEntry.objects.filter(subject_kind="accounts.apikey").values())
    assert secret not in str(row) + str(told)
    assert text.startswith(row["prefix"])
    assert len(secret) == 52  # 256 bits, five a letter


def test_its_use_is_noted_at_most_once_a_minute(made, django_assert_num_queries):
    key, text = made("products:read")
    first = timezone.now()

    def used_at(now):
        api_keys.find_key(text, now=now)
        with everyone("test"):
            return ApiKey.objects.get(pk=key.pk).last_used_at

    assert used_at(first) == first
    assert used_at(first + timedelta(seconds=59)) == first
    assert used_at(first + timedelta(seconds=60)) == first + timedelta(seconds=60)


def seen_inside(text: str):
    """The request and the scope as a view would find them."""
    found = []
    request = RequestFactory().get(PRODUCTS, headers={"Authorization": f"Api-Key {text}"})
    EnterScope(lambda asked: found.append((asked, current(), Session.objects.count())))(request)
    return found[0]


def test_it_works_in_its_organizations_scope_and_sees_nothing_of_its_makers_own(cast, made, boss):
    tokens_of(boss)
    _key, text = made("orders:write")
    request, inside, sessions_seen = seen_inside(text)

    assert (inside.organization, inside.user, inside.reads) == (cast.retailer.pk, None, (cast.wholesaler.pk,))
    assert sessions_seen == 0
    assert rules.may("orders.create", request.membership)
    assert not rules.may("accounts.manage_keys", request.membership)


def test_what_it_does_is_recorded_with_its_beginning(made, boss):
    key, text = made("products:read")
    request, _scope, _sessions = seen_inside(text)

    assert str(request.user) == f"{boss.email}, key {key.prefix}"


def test_each_key_has_a_budget_of_its_own(made, monkeypatch):
    monkeypatch.setattr(keyed, "MOST", {"GET": 2, "POST": 1})
    _key, text = made("products:read")
    _other, another = made("products:read")

    answers = [ask(text) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit-Policy"] == '"key";q=2;w=60'
    assert [answer["RateLimit"].split(";")[1] for answer in answers] == ["r=1", "r=0", "r=0"]
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert ask(another).status_code == 200


# --- making one


def make_by_api(access: str, **body):
    asked = {"name": "scanner", "scopes": ["products:read"]} | body
    return Client().post(
        "/api/v1/api-keys/", asked, content_type="application/json", headers={"Authorization": f"Bearer {access}"}
    )


def test_a_program_makes_lists_and_revokes_a_key(boss):
    access = {"Authorization": f"Bearer {tokens_of(boss).access}"}
    answer = make_by_api(access["Authorization"][7:])
    made = answer.json()

    assert (answer.status_code, answer["Cache-Control"]) == (201, "no-store")
    assert ask(made["key"]).status_code == 200
    (listed,) = Client().get("/api/v1/api-keys/", headers=access).json()["results"]
    assert "key" not in listed
    assert Client().delete(f"/api/v1/api-keys/{made['id']}/", headers=access).status_code == 204
    assert ask(made["key"]).status_code == 401


def test_making_a_key_wants_a_sign_in_of_the_last_ten_minutes(boss):
    access = tokens_of(boss).access
    with scope(user=boss.pk):
        Session.objects.update(created_at=later(minutes=-11))
    answer = make_by_api(access)

    assert answer.status_code == 401
    assert 'error="insufficient_user_authentication"' in answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes[0]"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"organization": "x"}, "organization"),
        ({"digest": "x"}, "digest"),
        ({"name": ""}, "name"),
    ],
)
def test_what_a_key_cannot_be_is_refused_by_field(boss, body, field):
    answer = make_by_api(tokens_of(boss).access, **body)

    assert answer.status_code in (400, 422)
    assert field in answer.json()["errors"]


def test_there_are_at_most_twenty_keys(made, boss):
    for _ in range(api_keys.MOST):
        made("products:read")

    assert make_by_api(tokens_of(boss).access).json()["code"] == "key-refused"


def test_an_owner_makes_a_key_on_the_page_and_sees_it_once(boss, client_of):
    client = client_of(boss)
    path = reverse("settings:key_add")
    body = {"name": "Scanner", "scopes": ["products:read", "orders:write"], "expires_date": "2099-12-31"}
    assert client.post(path, body)["Location"] == f"/accounts/security/again/?next={path}"
    session = client.session
    session["shown_at"] = timezone.now().isoformat()
    session.save()

    answer = client.post(path, body)
    with everyone("test"):
        key = ApiKey.objects.get()
    text = answer.content.decode().split(f"{key.prefix}_")[1][:52]

    assert ask(f"{key.prefix}_{text}").status_code == 200
    assert "no-store" in answer["Cache-Control"]
    listed = client.get(reverse("settings:keys")).content.decode()
    assert key.prefix in listed
    assert text not in listed


def test_a_key_is_revoked_on_the_page_and_in_the_back_office(cast, made, boss, client_of):
    (first, one), (second, two) = made("products:read"), made("products:read")
    User.objects.filter(pk=boss.pk).update(is_staff=True)
    client = client_of(boss)

    client.post(reverse("settings:key_revoke", args=[first.pk]))
    client.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [str(second.pk)], "index": "0"})

    assert [ask(text).status_code for text in (one, two)] == [401, 401]
    with everyone("test"):
        assert AuditEntry.objects.filter(action="apikey.revoked", organization_id=cast.retailer.pk).count() == 2


def test_the_schema_names_the_scheme(client_of):
    schema = client_of().get("/api/v1/schema/?format=json").json()

    assert schema["components"]["securitySchemes"]["apiKey"]["name"] == "Authorization"
    assert {"apiKey": []} in schema["paths"]["/api/v1/products/"]["get"]["security"]
