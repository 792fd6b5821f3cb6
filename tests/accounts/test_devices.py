"""Not asked on this device for thirty days: for whom it is allowed, until what changes, and for which acts not."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import devices, factors
from apps.accounts.models import Authenticator, Membership, TrustedDevice, User
from apps.accounts.rules.devices import name_of
from apps.core.scope import everyone, scope
from tests import make

from .ways import HERE, recovery_codes_of

LOGIN, MFA = "/accounts/login/", "/accounts/mfa/"
SECURITY = "/accounts/security/"


def password_shown(client, user):
    return client.post(LOGIN, {"username": user.email, "password": make.PASSWORD})


@pytest.fixture
def owner(db):
    """Of a retailer: their role demands a factor, and may trust a device."""
    return make.user(email="owner@juniper.test", at=make.organization(side="retailer"), role="owner")


@pytest.fixture
def trusting(owner):
    """The owner's browser, which asked not to be asked; signed out."""
    client = Client()
    codes = recovery_codes_of(owner)
    password_shown(client, owner)
    client.post(MFA, {"code": codes[0], "method": "recovery", "trust": "1"})
    client.post("/accounts/logout/")
    return client


def test_a_trusted_device_is_not_asked_and_works_as_one_that_was(trusting, owner):
    assert password_shown(trusting, owner).url == "/"
    assert trusting.get("/portal/catalog/").status_code == 200
    assert trusting.get("/api/v1/locations/").status_code == 200


def test_another_browser_and_another_person_are_asked(trusting, owner):
    other = make.user(at=make.organization(side="retailer"), role="owner")
    make.authenticator(other)

    assert password_shown(Client(), owner).url == MFA
    assert password_shown(trusting, other).url == MFA


def test_the_cookie_is_out_of_scripts_reach_signed_and_random_and_only_its_digest_is_kept(trusting, owner):
    cookie = trusting.cookies["trusted"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 30 * 86_400)
    with everyone("test"):
        kept = TrustedDevice.objects.get()
    assert kept.digest not in cookie.value

    trusting.cookies["trusted"] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert password_shown(trusting, owner).url == MFA


def test_dangerous_acts_ask_for_the_factor_all_the_same(trusting, owner):
    password_shown(trusting, owner)

    for path in ("password/", "authenticator/", "passkeys/", "wallets/"):
        assert trusting.get(SECURITY + path).url.startswith(f"{SECURITY}again/")
    answer = trusting.post("/api/v1/auth/wallet/link/nonce/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "shown-too-long-ago")


@pytest.mark.parametrize(
    "change", ["password", "reset elsewhere", "authenticator", "codes alone", "thirty days", "forgotten", "more rights"]
)
def test_what_ends_the_trust(trusting, owner, change):
    now = timezone.now()
    with everyone("test"):
        mine = TrustedDevice.objects.filter(user=owner)
    if change == "password":
        client = Client()
        codes = recovery_codes_of(owner)
        password_shown(client, owner)
        client.post(MFA, {"code": codes[0], "method": "recovery"})
        new = "a much longer passphrase"
        client.post(f"{SECURITY}password/", {"new_password1": new, "new_password2": new})
        with everyone("test"):
            assert not mine.exists()
        return
    with everyone("test"):
        if change == "reset elsewhere":  # by staff: nobody called us
            person = User.objects.get(pk=owner.pk)
            person.set_password(make.PASSWORD)
            person.save()
        elif change == "authenticator":
            device = factors.offer(owner)
            Authenticator.objects.filter(pk=device.pk).update(confirmed=False)
            factors.confirm(owner, device.shows(), now=now)
        elif change == "codes alone":
            factors.new_codes(owner)
        elif change == "thirty days":
            mine.update(expires_at=now)
        elif change == "forgotten":
            devices.forget(owner, mine.get().pk)
        elif change == "more rights":
            seller = make.organization(side="wholesaler")
            Membership.objects.create(user=owner, organization=seller, role="staff")
    asked = password_shown(trusting, owner).url == MFA
    assert asked is (change != "codes alone")


@pytest.mark.parametrize(
    ("values", "at", "allowed"),
    [
        ({"role": "owner"}, "retailer", True),
        ({"role": "buyer"}, "retailer", True),
        ({"role": "viewer"}, "wholesaler", True),
        ({"role": "owner"}, "wholesaler", False),
        ({"role": "staff"}, "wholesaler", False),
        ({"role": "owner", "staff": True}, "retailer", False),
        ({"role": "buyer", "superuser": True}, "retailer", False),
    ],
)
def test_nobody_of_the_back_office_and_no_leader_of_a_wholesaler_is_offered_it_or_gets_it(db, values, at, allowed):
    user = make.user(at=make.organization(side=at), **values)
    codes, client = recovery_codes_of(user), Client()
    password_shown(client, user)

    assert ("Don’t ask on this device" in client.get(MFA).content.decode()) is allowed
    client.post(MFA, {"code": codes[0], "method": "recovery", "trust": "1"})
    with everyone("test"):
        assert TrustedDevice.objects.exists() is allowed
    assert ("trusted" in client.cookies) is allowed


def test_the_list_shows_them_and_forgetting_one_unverifies_the_session_it_opened(trusting, owner):
    password_shown(trusting, owner)
    with everyone("test"):
        kept = TrustedDevice.objects.get()
    assert "Devices not asked for the second factor" in trusting.get(SECURITY).content.decode()

    other = Client()
    codes = recovery_codes_of(owner)
    password_shown(other, owner)
    other.post(MFA, {"code": codes[0], "method": "recovery"})
    assert other.post(f"{SECURITY}devices/{kept.pk}/forget/").url == SECURITY
    assert trusting.get("/portal/catalog/").status_code == 302


AGENTS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36": (
        "Chrome, Windows"
    ),
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36 Edg/156.0": (
        "Edge, Windows"
    ),
    "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20.0 Safari/604.1": "Safari, iPhone",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0": "Firefox, Linux",
    "curl/8.9": "curl/8.9",
    "": "",
}


@pytest.mark.parametrize(("agent", "name"), AGENTS.items())
def test_a_browser_is_called_what_its_owner_calls_it(agent, name):
    assert name_of(agent) == name


def test_somebody_elses_device_is_not_there(owner):
    kept = devices.trust(owner, request_facts=HERE, now=timezone.now())
    other = make.user()
    with everyone("test"):
        number = TrustedDevice.objects.get().pk

    assert devices.forget(other, number) is False
    assert devices.find(other, [kept], now=timezone.now()) is None
    assert devices.find(owner, [kept], now=timezone.now() + timedelta(days=29))
    with scope(user=other.pk):
        assert not TrustedDevice.objects.exists()
