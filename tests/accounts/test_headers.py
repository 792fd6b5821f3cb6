"""What the doors tell a browser: which scripts may run, who may frame or keep a page, who may read a cookie."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.test import Client

from apps.accounts.actions import signing_in
from tests import make

DOORS = ["/accounts/login/", "/accounts/forgotten/", "/accounts/security/", "/accounts/security/passkeys/", "/admin/"]
DOORS += ["/status/", "/accounts/reset/5f0c8a51-6d3b-4c60-9c3e-0c5d5d0b7a11/none/", "/no/such/page/"]


@pytest.fixture
def inside(cast):
    """The seller, come in by the forms."""
    client, device = Client(), make.authenticator(cast.seller)
    client.post("/accounts/login/", {"username": cast.seller.email, "password": make.PASSWORD})
    client.post("/accounts/mfa/", {"code": make.code(device)})
    return client


@pytest.mark.parametrize("path", DOORS)
def test_every_door_forbids_inline_script_framing_guessing_of_types_and_telling_others_where_one_was(inside, path):
    answer = inside.get(path)
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))

    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (policy["default-src"], policy["frame-ancestors"], policy["form-action"]) == ("'self'", "'none'", "'self'")
    assert (policy["object-src"], policy["base-uri"]) == ("'none'", "'none'")
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert (answer["Referrer-Policy"], answer["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")


@pytest.mark.parametrize("path", ["/accounts/forgotten/", "/accounts/security/", "/accounts/security/password/"])
def test_no_page_of_ones_own_safety_is_kept_by_a_cache(inside, path):
    assert "no-store" in inside.get(path)["Cache-Control"]


def test_no_cookie_of_a_sign_in_is_within_a_scripts_reach_and_none_goes_to_other_sites_forms(inside):
    kept = inside.cookies
    assert {"sessionid", "device"} <= set(kept)
    for name in ("sessionid", "device"):
        assert kept[name]["httponly"], name
    assert {cookie["samesite"] for cookie in kept.values()} == {"Lax"}


SAID = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SESSION_COOKIE_HTTPONLY SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS DEBUG"


def test_in_production_cookies_go_over_https_alone():
    """A process of its own: settings are read once."""
    place = {"ALLOWED_HOSTS": "reup.example", "DATABASE_URL": "postgres://reup@db.example/reup"}
    keys = {"REUP_ENV": "production", "SECRET_KEY": "k" * 60, "REUP_KEYS": "k" * 60}
    code = f"import json; from reup import settings as s; print(json.dumps([getattr(s, n) for n in {SAID.split()}]))"
    environment = {"PATH": os.environ["PATH"], **place, **keys}
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=project.ROOT, env=environment, capture_output=True, text=True, check=True
    )

    assert json.loads(told.stdout) == [True, True, True, True, 31_536_000, False]


def test_a_post_from_another_site_is_refused_whoever_is_signed_in(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.buyer, "apps.accounts.backends.ByRole")

    for path in (
        "/accounts/login/",
        "/accounts/mfa/",
        "/accounts/forgotten/",
        "/accounts/logout/",
        "/accounts/wallet/",
    ):
        assert client.post(path, {}, headers={"Origin": "https://evil.example"}).status_code == 403, path


def test_a_broken_page_tells_no_secret(cast, monkeypatch, inside, caplog):
    """The trace goes to the log without what was typed; the page has neither."""

    def breaks(**_given):
        raise RuntimeError("planted")

    monkeypatch.setattr(signing_in, "check_password", breaks)
    client = Client(raise_request_exception=False)
    page = client.post("/accounts/login/", {"username": cast.buyer.email, "password": "planted-4f1c-password"})

    assert page.status_code == 500
    assert "planted" not in page.text
    assert "planted-4f1c-password" not in caplog.text
