"""Who belongs to an organization: invited, joined, changed, removed; somebody always leads it."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.actions import invitations, sessions, team
from apps.accounts.models import Authenticator, Invitation, Membership, User
from apps.core.models import AuditEntry, Job
from apps.core.scope import everyone, scope
from tests import make
from tests.accounts.ways import later, many, read, tokens_of
from tests.conftest import enter

pytestmark = pytest.mark.django_db
LINK = re.compile(r"/accounts/invitation/[0-9a-f-]{36}/[0-9a-f]{64}/")


@pytest.fixture
def owner(cast):
    return make.user(email="owner@juniper.test", at=cast.retailer, role="owner", name="Robin Vale")


@pytest.fixture
def client(owner):
    """The owner's browser, who they are shown a moment ago."""
    return fresh(Client(), owner)


def fresh(client: Client, user) -> Client:
    enter(client, user)
    session = client.session
    session["shown_at"] = timezone.now().isoformat()
    session.save()
    return client


def member_of(user, organization) -> Membership:
    with everyone("test"):
        return Membership.objects.select_related("organization", "user").get(user=user, organization=organization)


@pytest.fixture
def link(cast, owner, run_jobs, commits):
    """`link(email, roles=…)` invites somebody and answers with the link of the letter they get."""

    def invited(email="new@juniper.test", roles=("buyer",), at=None, **more) -> str:
        with scope(cast.retailer, user=owner.pk), commits():
            invitations.invite(
                organization=cast.retailer, email=email, roles=list(roles), by=owner, now=at or timezone.now(), **more
            )
        run_jobs()
        return LINK.search(mail.outbox[-1].body)[0]

    return invited


def join(link: str, client: Client | None = None, **body):
    told = {"name": "Kit Marlow", "password": make.PASSWORD, "again": make.PASSWORD} | body
    return (client or Client()).post(link, told)


# --- invited


def test_an_invited_person_makes_an_account_and_is_in(cast, link):
    client = Client()
    page = client.get(link()).content.decode()

    answer = join(link_of_last(), client)

    assert "Join Juniper &amp; Pine" in page
    assert (answer.status_code, answer["Location"]) == (302, "/")
    user = User.objects.get(email="new@juniper.test")
    assert member_of(user, cast.retailer).roles == ["buyer"]
    assert client.get("/portal/catalog/").status_code == 200
    assert [letter.to for letter in mail.outbox] == [["new@juniper.test"]]


def link_of_last() -> str:
    return LINK.search(mail.outbox[-1].body)[0]


def test_a_role_that_demands_a_second_factor_is_taken_into_use_on_the_way_in(link):
    client = Client()
    answer = join(link(roles=["owner"]), client)
    assert answer["Location"] == "/accounts/mfa/enrol/"
    assert client.get("/portal/catalog/").status_code == 302

    client.get(answer["Location"])
    with everyone("test"):
        device = Authenticator.objects.get(user__email="new@juniper.test")
    client.post(answer["Location"], {"code": make.code(device)})

    assert client.get("/portal/catalog/").status_code == 200


def test_somebody_with_an_account_signs_in_first_and_joins_with_one_press(cast, link, client_of):
    way = link(email=cast.outsider.email, roles=["viewer"])
    page = Client().get(way).content.decode()
    assert f"/accounts/login/?next={way}" in page
    assert 'name="password"' not in page

    browser = client_of(cast.outsider)
    assert "Join Juniper" in browser.get(way).content.decode()
    assert browser.post(way).status_code == 302

    assert member_of(cast.outsider, cast.retailer).roles == ["viewer"]
    assert browser.session["organization"] == str(cast.retailer.pk)


def test_an_account_is_not_made_anew_by_its_own_link(cast, link):
    way = link(email=cast.outsider.email)

    assert join(way, password="another long password", again="another long password").status_code == 200
    assert Client().login(username=cast.outsider.email, password=make.PASSWORD) is not None
    with everyone("test"):
        assert not Membership.objects.filter(user=cast.outsider, organization=cast.retailer).exists()
    assert User.objects.get(pk=cast.outsider.pk).check_password(make.PASSWORD)


def test_another_persons_link_is_refused_whoever_opens_it(cast, link, client_of):
    way = link(email="somebody@else.test")
    browser = client_of(cast.outsider)

    assert "Sign out, then open the link again." in browser.get(way).content.decode()
    assert browser.post(way).status_code == 409
    pk, token = way.split("/")[-3:-1]
    with pytest.raises(invitations.ForSomebodyElse):
        invitations.accept(invitation_id=pk, token=token, user=cast.outsider, now=timezone.now())
    with everyone("test"):
        assert not Membership.objects.filter(user=cast.outsider, organization=cast.retailer).exists()


def used(way, _owner):
    assert join(way).status_code == 302


def withdrawn(_way, owner):
    with everyone("test"):
        invitations.withdraw(invitation=Invitation.objects.get(), by=owner, now=timezone.now())


def run_out(_way, _owner):
    with everyone("test"):
        Invitation.objects.update(expires_at=timezone.now())


def sent_again(_way, owner):
    with everyone("test"):
        row = Invitation.objects.select_related("organization").get()
        invitations.resend(invitation=row, by=owner, now=timezone.now())


@pytest.mark.parametrize("change", [used, withdrawn, run_out, sent_again])
def test_a_link_leads_nowhere_once_it_is(link, owner, change):
    way = link()
    change(way, owner)

    for answer in (Client().get(way), join(way, name="A second person")):
        assert answer.status_code == 404
        assert "leads nowhere any more" in answer.content.decode()


@pytest.mark.parametrize(
    "cut", [lambda way: f"{way[:-2]}0/" if way[-2] != "0" else f"{way[:-2]}1/", lambda way: f"{way[:-9]}/"]
)
def test_a_token_that_was_changed_leads_nowhere(link, cut):
    assert Client().get(cut(link())).status_code == 404


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_a_link_is_good_once_even_for_eight_at_a_time(link):
    way = link()
    with many(8) as at_once:
        answers = at_once(lambda: join(way).status_code, 8)

    assert answers.count(302) == 1
    assert User.objects.filter(email="new@juniper.test").count() == 1


def test_only_a_digest_of_the_token_is_kept_and_the_job_holds_none(link):
    token = link().split("/")[-2]

    with everyone("test"):
        row = Invitation.objects.values().get()
        told = list(AuditEntry.objects.values())
        jobs = list(Job.objects.values())
    assert token not in str(row) + str(told) + str(jobs)


def test_a_letter_run_twice_is_the_same_letter(link):
    way = link()
    with everyone("test"):
        invitations.write(Invitation.objects.get().pk)

    assert link_of_last() == way


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "short", "again": "short"}, "password-error"),
        ({"password": "password1234", "again": "password1234"}, "password-error"),
        ({"again": "something else entirely"}, "again-error"),
    ],
)
def test_a_weak_or_mistyped_password_makes_no_account(link, body, field):
    answer = join(link(), **body)

    assert answer.status_code == 200
    assert field in answer.content.decode()
    assert not User.objects.filter(email="new@juniper.test").exists()


# --- inviting


def test_an_unknown_and_a_known_address_are_answered_alike(cast, client):
    told = []
    for email in ("nobody@knows.test", cast.outsider.email):
        client.post(reverse("settings:invite"), {"email": email, "roles": ["buyer"]})
        page = client.get(reverse("settings:team")).content.decode()
        told.append(page.count(email))

    assert told[0] == told[1] > 0


def test_inviting_again_replaces_the_link_instead_of_adding_one(link):
    first, second = link(roles=["viewer"]), link(roles=["buyer"])

    with everyone("test"):
        (row,) = Invitation.objects.all()
    assert row.roles == ["buyer"]
    assert first != second
    assert [Client().get(way).status_code for way in (first, second)] == [404, 200]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"email": "buyer@juniper.test", "roles": ["buyer"]}, "A member already."),
        ({"email": "no address", "roles": ["buyer"]}, "This is no email address."),
        ({"email": "new@juniper.test", "roles": []}, "Choose at least one."),
        ({"email": "new@juniper.test", "roles": ["admin"]}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_invited_is_said(cast, client, body, said):
    assert said in client.post(reverse("settings:invite"), body).content.decode()
    with everyone("test"):
        assert not Invitation.objects.exists()


def test_somebody_elses_location_is_no_place_for_a_member(cast, owner):
    with scope(cast.retailer, user=owner.pk), pytest.raises(team.TeamRefused):
        team.check_roles(cast.retailer, ["buyer"], [cast.place.pk])


def test_letters_to_one_address_have_a_daily_budget(cast, owner, link):
    for _ in range(invitations.TO_ADDRESS.most):
        link()
    with scope(cast.retailer, user=owner.pk), pytest.raises(invitations.InvitationRefused) as refusal:
        invitations.invite(
            organization=cast.retailer, email="new@juniper.test", roles=["buyer"], by=owner, now=timezone.now()
        )

    assert refusal.value.status == 429
    link(at=later(days=1))


# --- changed and removed


def test_a_changed_role_holds_from_the_next_request_on(cast, client, client_of):
    place = make.location(organization=cast.retailer, lsp=823, loc=6301, key="pos-juniper-eastown")
    buyer, browser = tokens_of(cast.buyer), client_of(cast.buyer)
    row = member_of(cast.buyer, cast.retailer)
    start = {"data": {"location": str(place.pk)}, "content_type": "application/json"}
    assert browser.post("/api/v1/sync-runs/", **start).status_code == 403

    client.post(reverse("settings:member", args=[row.pk]), {"roles": ["approver"], "locations": [str(place.pk)]})

    changed = member_of(cast.buyer, cast.retailer)
    assert (changed.role, changed.roles, changed.locations) == ("staff", ["approver"], [place.pk])
    assert read(buyer.access).status_code == 401
    assert read(sessions.refresh(buyer.refresh, now=timezone.now()).access).status_code == 200
    assert browser.post("/api/v1/sync-runs/", **start).status_code == 202


def test_who_is_removed_sees_nothing_of_it_at_the_next_request(cast, client, client_of):
    browser, row = client_of(cast.buyer), member_of(cast.buyer, cast.retailer)
    program = tokens_of(cast.buyer)
    assert browser.get(f"/api/v1/locations/{cast.place.pk}/").status_code == 200

    page = client.get(reverse("settings:member_remove", args=[row.pk])).content.decode()
    client.post(reverse("settings:member_remove", args=[row.pk]))

    assert "they see nothing of Juniper &amp; Pine" in page
    assert browser.get(f"/api/v1/locations/{cast.place.pk}/").status_code == 403
    assert read(program.access).status_code == 401
    with everyone("test"):
        assert AuditEntry.objects.filter(action="membership.removed").count() == 1


@pytest.mark.parametrize("way", ["page", "page that changes roles", "api", "office", "office in bulk", "office's form"])
def test_the_last_owner_stays_whichever_way_is_tried(cast, owner, way):
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    client, row = fresh(Client(), owner), member_of(owner, cast.retailer)
    asleep = make.user(at=cast.retailer, role="owner")
    User.objects.filter(pk=asleep.pk).update(is_active=False)
    office = "/admin/accounts/membership/"
    acts = {
        "page": lambda: client.post(reverse("settings:member_remove", args=[row.pk])),
        "page that changes roles": lambda: client.post(
            reverse("settings:member", args=[row.pk]), {"roles": ["viewer"]}
        ),
        "api": lambda: client.delete(reverse("api:member", args=[row.pk])),
        "office": lambda: client.post(f"{office}{row.pk}/delete/", {"post": "yes"}),
        "office in bulk": lambda: client.post(
            office, {"action": "delete_selected", "_selected_action": [str(row.pk)], "post": "yes", "index": "0"}
        ),
        "office's form": lambda: client.post(f"{office}{row.pk}/change/", {"roles": ["viewer"]}),
    }

    answer = acts[way]()

    assert answer.status_code in (200, 409)
    assert member_of(owner, cast.retailer).role == "owner"
    with everyone("test"):
        make.user(at=cast.retailer, role="owner")
    acts[way]()
    with everyone("test"):
        assert not Membership.objects.filter(pk=row.pk, role="owner").exists()


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other_at_once(cast, owner):
    second = make.user(at=cast.retailer, role="owner")
    rows = [member_of(user, cast.retailer) for user in (owner, second)]

    def remove():
        row = rows.pop()
        with scope(cast.retailer, user=row.user_id):
            try:
                team.remove_member(member=row, by=row.user, now=timezone.now())
            except team.LastOwner:
                return "stays"
        return "gone"

    with many(2) as at_once:
        done = at_once(remove, 2)

    assert sorted(done) == ["gone", "stays"]


def test_keys_go_with_who_made_them(cast, client):
    second = make.user(at=cast.retailer, role="owner")
    key, _text = make.api_key(organization=cast.retailer, by=second)
    row = member_of(second, cast.retailer)

    assert (
        "1 API key they made is revoked."
        in client.get(reverse("settings:member_remove", args=[row.pk])).content.decode()
    )
    client.post(reverse("settings:member_remove", args=[row.pk]))

    with everyone("test"):
        key.refresh_from_db()
    assert key.revoked_at is not None


def test_a_change_in_the_back_office_makes_tokens_stale_too(cast, owner):
    User.objects.filter(pk=owner.pk).update(is_staff=True)
    client, buyer = fresh(Client(), owner), tokens_of(cast.buyer)
    row = member_of(cast.buyer, cast.retailer)

    client.post(f"/admin/accounts/membership/{row.pk}/change/", {"roles": ["viewer"]})

    assert member_of(cast.buyer, cast.retailer).roles == ["viewer"]
    assert read(buyer.access).status_code == 401


def test_the_team_page_names_people_roles_and_who_waits(cast, client, link):
    link(email="waits@juniper.test", roles=["accountant"])
    page = client.get(reverse("settings:team")).content.decode()

    for word in ("buyer@juniper.test", "Buyer, Receiver", "Robin Vale", "waits@juniper.test", "Accountant", "Waiting"):
        assert word in page


def test_changes_of_the_team_ask_again_who_one_is(owner, cast):
    client, row = Client(), member_of(cast.buyer, cast.retailer)
    enter(client, owner)
    paths = [reverse("settings:invite"), reverse("settings:member", args=[row.pk])]
    paths += [reverse("settings:member_remove", args=[row.pk])]

    for path in paths:
        assert client.post(path, {"roles": ["viewer"]})["Location"] == f"/accounts/security/again/?next={path}"
    assert member_of(cast.buyer, cast.retailer).roles == ["buyer", "receiver"]


def test_by_api_too(owner, cast, run_jobs, commits):
    client = fresh(Client(), owner)
    row = member_of(cast.buyer, cast.retailer)
    body = {"email": "new@juniper.test", "roles": ["viewer"]}

    made = client.post(reverse("api:invitations"), body, content_type="application/json")
    assert made.status_code == 201
    assert [one["email"] for one in client.get(reverse("api:invitations")).json()["results"]] == ["new@juniper.test"]
    assert client.delete(reverse("api:invitation", args=[made.json()["id"]])).status_code == 204
    changed = client.patch(reverse("api:member", args=[row.pk]), {"roles": ["viewer"]}, content_type="application/json")
    assert changed.json()["roles"] == ["viewer"]
    assert {one["email"] for one in client.get(reverse("api:members")).json()["results"]} == {
        owner.email,
        cast.buyer.email,
    }
    assert client.delete(reverse("api:member", args=[row.pk])).status_code == 204
    pushed = client.patch(
        reverse("api:member", args=[row.pk]), {"roles": ["viewer"], "role": "owner"}, content_type="application/json"
    )
    assert pushed.status_code == 400


def test_the_back_offices_password_page_leads_to_the_portals(client, owner):
    User.objects.filter(pk=owner.pk).update(is_staff=True)

    assert client.get("/admin/password_change/")["Location"] == "/accounts/security/password/"
    assert client.post("/admin/password_change/", {"old_password": make.PASSWORD}).status_code == 302


def test_an_invitation_lives_seven_days(link):
    link()
    with everyone("test"):
        row = Invitation.objects.get()

    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
