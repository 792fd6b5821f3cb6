"""Passkeys and wallets in a real browser: a virtual authenticator, an injected wallet that really signs."""

import os
from pathlib import Path

import pytest

from apps.accounts.models import Passkey, Session, TrustedDevice, Wallet
from apps.core.scope import everyone
from tests import make
from tests.browser import WIDTHS

from .wallet.keys import Key

pytestmark = [pytest.mark.engines, pytest.mark.browser]
SHOTS = os.environ.get("REUP_SHOTS", "")  # a folder to look at the pages in
KEY = Key(7)
# An EIP-1193 wallet that announces itself as EIP-6963 asks. `window.wallet` says how it behaves; Python signs.
INJECTED = """
window.wallet = { chain: "0x1", refuses: false, moves: false };
const provider = { async request({ method, params }) {
  if (method === "eth_chainId") return wallet.chain;
  if (method === "wallet_switchEthereumChain") {
    if (!wallet.moves) throw Object.assign(new Error("no"), { code: 4902 });
    return null;
  }
  if (method === "eth_requestAccounts") {
    if (wallet.refuses) throw Object.assign(new Error("no"), { code: 4001 });
    return [await addressOf()];
  }
  if (method === "personal_sign") return signHex(params[0]);
  throw new Error(method);
} };
const announce = () => window.dispatchEvent(new CustomEvent("eip6963:announceProvider", {
  detail: { info: { uuid: "1", name: "Test Wallet" }, provider } }));
window.addEventListener("eip6963:requestProvider", announce);
"""


def keep(page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def sized(page, width: str) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))


def password_typed(page, user) -> None:
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill(make.PASSWORD)
    page.keyboard.press("Enter")


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def home(live_url, settings):
    """The address by name: an authenticator binds its keys to one."""
    settings.PUBLIC_URL = live_url.replace("127.0.0.1", "localhost")
    return settings.PUBLIC_URL


@pytest.fixture
def virtual(page):
    """The browser's own authenticator, in software."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return cdp, made["authenticatorId"]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_passkey_is_made_shown_on_the_way_in_and_removed(page, home, cast, virtual, accessible, width):
    sized(page, width)
    page.goto(f"{home}/accounts/login/")
    password_typed(page, cast.buyer)
    page.wait_for_url(f"{home}/")
    page.goto(f"{home}/accounts/security/")
    accessible(page)
    page.get_by_role("link", name="Add a passkey").click()
    accessible(page)
    keep(page, f"passkey-new-{width}")
    page.keyboard.type("Blue phone")
    page.keyboard.press("Enter")
    page.get_by_text("Keep these recovery codes").wait_for()
    page.get_by_text("I have kept them").click()
    page.get_by_text("Blue phone").first.wait_for()
    keep(page, f"security-keys-{width}")

    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    password_typed(page, cast.buyer)
    page.get_by_role("heading", name="Show your passkey").wait_for()
    accessible(page)
    keep(page, f"passkey-show-{width}")
    page.get_by_role("button", name="Use a passkey").press("Enter")
    page.wait_for_url(f"{home}/")
    with everyone("test"):
        assert Session.objects.latest("created_at").amr == ["pwd", "passkey"]

    page.goto(f"{home}/accounts/security/")
    page.get_by_role("link", name="Remove Blue phone").click()
    accessible(page)
    keep(page, f"passkey-remove-{width}")
    page.get_by_role("button", name="Remove the passkey").click()
    page.get_by_text("The passkey is removed.").wait_for()
    with everyone("test"):
        assert not Passkey.objects.exists()


def test_beside_a_code_a_passkey_is_offered_and_a_device_without_ours_says_so(page, home, cast, virtual, accessible):
    make.authenticator(cast.seller)
    page.goto(f"{home}/accounts/login/")
    password_typed(page, cast.seller)
    page.wait_for_url("**/accounts/mfa/")
    page.get_by_label("Code").fill(make.code(make.authenticator(cast.seller)))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{home}/")
    page.goto(f"{home}/accounts/security/passkeys/")
    page.keyboard.type("Laptop")
    page.keyboard.press("Enter")
    page.get_by_text("The passkey is added.").wait_for()
    cdp, number = virtual
    cdp.send("WebAuthn.clearCredentials", {"authenticatorId": number})

    page.context.clear_cookies()
    page.goto(f"{home}/accounts/login/")
    password_typed(page, cast.seller)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("No passkey was shown. Try again, or use another way.").wait_for()
    accessible(page)
    keep(page, "mfa-both")


def test_at_another_address_than_ours_a_passkey_says_where_it_works(page, home, live_url, cast, virtual):
    page.goto(f"{live_url}/accounts/login/")
    password_typed(page, cast.buyer)
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/accounts/security/passkeys/")
    page.keyboard.type("Blue phone")
    page.keyboard.press("Enter")

    page.get_by_text(f"A passkey works at {home} alone. Open ReUp there.").wait_for()


# --- wallets


@pytest.fixture
def wallet(page):
    """The page has a wallet whose key Python holds."""
    page.expose_function("addressOf", lambda: KEY.address.lower())
    page.expose_function("signHex", lambda text: KEY.sign(bytes.fromhex(text[2:]).decode()))
    page.add_init_script(INJECTED)
    return page


def ask_wallet(page) -> None:
    page.get_by_role("button", name="Sign in with a wallet").press("Enter")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_wallet_signs_in_links_and_is_taken_off(wallet, live_url, cast, accessible, width):
    page = wallet
    sized(page, width)
    page.goto(f"{live_url}/accounts/login/")
    accessible(page)
    keep(page, f"login-{width}")
    password_typed(page, cast.buyer)
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/accounts/security/wallets/")
    accessible(page)
    keep(page, f"wallet-link-{width}")
    page.get_by_role("button", name="Link a wallet").press("Enter")
    page.get_by_text("is linked.").wait_for()
    with everyone("test"):
        assert Wallet.objects.get().user == cast.buyer
    accessible(page)
    keep(page, f"security-wallet-{width}")
    assert fits(page)

    page.context.clear_cookies()
    page.goto(f"{live_url}/accounts/login/")
    ask_wallet(page)
    page.wait_for_url(f"{live_url}/")
    page.goto(f"{live_url}/accounts/security/")
    page.get_by_role("link", name="Take off").click()
    accessible(page)
    keep(page, f"wallet-unlink-{width}")
    page.get_by_role("button", name="Take the wallet off").click()
    page.get_by_text("is taken off.").wait_for()


STATES = {
    "the person says no": ("wallet.refuses = true", "Nothing was signed."),
    "another chain, and it won't change": ('wallet.chain = "0x5"', "Change it to network 1 and try again."),
    "signed too late": ("document.querySelector('[data-wallet]').dataset.seconds = -1", "The message ran out"),
    "an address that is none": ("window.addressOf = async () => '0x12'", "An address is 0x and 40 hexadecimal digits."),
    "a signature by another key": ("window.signHex = async () => '0x' + '11'.repeat(65)", "were not accepted"),
}


@pytest.mark.parametrize(("act", "said"), STATES.values(), ids=STATES)
def test_what_goes_wrong_with_a_wallet_is_said_in_words(wallet, live_url, db, act, said):
    wallet.goto(f"{live_url}/accounts/login/")
    wallet.evaluate(act)
    ask_wallet(wallet)

    wallet.get_by_text(said).wait_for()
    with everyone("test"):
        assert not Wallet.objects.exists()


def test_a_wallet_on_another_chain_is_asked_to_change_and_goes_on(wallet, live_url, db):
    wallet.goto(f"{live_url}/accounts/login/")
    wallet.evaluate("Object.assign(window.wallet, { chain: '0x5', moves: true })")
    ask_wallet(wallet)

    wallet.wait_for_url(f"{live_url}/")


def test_without_a_wallet_the_page_says_what_to_do(page, live_url, db, accessible):
    page.goto(f"{live_url}/accounts/login/")
    ask_wallet(page)
    page.get_by_text("No wallet was found in this browser.").wait_for()
    accessible(page)
    keep(page, "login-no-wallet")


# --- the rest of the way in


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_device_is_trusted_and_a_password_forgotten(page, live_url, db, accessible, width):
    sized(page, width)
    owner = make.user(at=make.organization(side="retailer"), role="owner")
    device = make.authenticator(owner)
    page.goto(f"{live_url}/accounts/login/")
    password_typed(page, owner)
    page.get_by_label("Don’t ask on this device for 30 days").check()
    accessible(page)
    keep(page, f"mfa-trust-{width}")
    page.get_by_label("Code").fill(make.code(device))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_url}/")
    with everyone("test"):
        assert TrustedDevice.objects.get().user == owner
    page.goto(f"{live_url}/accounts/security/")
    accessible(page)
    keep(page, f"security-trusted-{width}")
    assert fits(page)

    page.context.clear_cookies()
    page.goto(f"{live_url}/accounts/login/")
    page.get_by_role("link", name="Forgot the password?").click()
    accessible(page)
    keep(page, f"forgotten-{width}")
    page.keyboard.type(owner.email)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look at your mail").wait_for()
    accessible(page)
    keep(page, f"reset-sent-{width}")
