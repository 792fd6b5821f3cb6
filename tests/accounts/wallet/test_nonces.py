"""FC39: a wallet's message replayed or altered, and the rest of what a forger would try."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from eth_utils import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.actions import budgets, wallets
from apps.accounts.actions.wallets import WalletRefused
from apps.accounts.models import Nonce, User, Wallet
from apps.accounts.visitors import RequestFacts
from apps.accounts.wallet import read
from apps.core.scope import everyone

from .handshake import HERE, KEY, NOW, SOON, answered, asked, kept, signed_in
from .keys import Key, bent, with_high_s

pytestmark = pytest.mark.django_db


# --- what is handed out


def test_the_message_says_who_we_are_by_our_settings_alone(settings):
    settings.PUBLIC_URL = "https://reup.example"

    said = read(asked().message)

    assert (said.scheme, said.domain, said.uri, said.chain_id) == (None, "reup.example", "https://reup.example", 1)
    assert said.address == KEY.address
    assert (said.issued_at, said.expiration_time) == ("2026-11-21T10:00:00.000Z", "2026-11-21T10:05:00.000Z")


def test_a_plain_http_address_is_named_with_its_scheme(settings):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"

    assert asked().message.startswith("http://127.0.0.1:8000 wants you to sign in with your Ethereum account:\n0x")


@pytest.mark.parametrize("spelled", [KEY.address.lower(), KEY.address.upper(), "0x" + KEY.address[2:].swapcase()])
def test_an_address_in_any_letter_case_gets_a_message_with_its_checksum(spelled):
    assert read(asked(address=spelled).message).address == KEY.address


@pytest.mark.parametrize("chain", [0, -1, 5, 2**63, 10**40])
def test_a_chain_that_settings_do_not_name_gets_no_message(chain):
    with pytest.raises(wallets.UnknownChain):
        asked(chain_id=chain)


def test_every_nonce_is_another():
    assert len({asked(request_facts=RequestFacts(address=f"10.0.{n}.1")).nonce for n in range(50)}) == 50


def test_a_network_gets_sixty_messages_in_a_quarter_of_an_hour():
    for _ in range(60):
        asked()

    with pytest.raises(budgets.TooMany):
        asked(key=Key(2), request_facts=RequestFacts(address="192.0.2.250"))

    assert asked(request_facts=RequestFacts(address="198.51.100.1"))
    assert asked(now=NOW + timedelta(minutes=16))


def test_messages_are_forgotten_a_day_after_their_end():
    old = asked()
    asked(now=NOW + timedelta(days=1))
    assert kept(old)

    asked(now=NOW + timedelta(days=1, minutes=6))

    with pytest.raises(Nonce.DoesNotExist):
        kept(old)


# --- FC39


def test_fc39_a_message_signs_in_once():
    nonce = asked()
    signature = KEY.sign(nonce.message)

    assert answered(nonce.message, signature).tokens
    with pytest.raises(WalletRefused):
        answered(nonce.message, signature)
    assert kept(nonce).used_at == SOON


ALTERED = {
    "wrong domain": lambda text: text.replace("127.0.0.1:8000 wants", "evil.example wants"),
    "a domain that ends like ours": lambda text: text.replace("//127.0.0.1:8000 wants", "//evil-127.0.0.1:8000 wants"),
    "a name before the domain": lambda text: text.replace("//127.0.0.1", "//127.0.0.1@evil.example", 1),
    "another port": lambda text: text.replace(":8000 wants", ":8001 wants"),
    "another scheme": lambda text: text.replace("http://", "https://", 1),
    "a dot after the domain": lambda text: text.replace(":8000 wants", ".:8000 wants"),
    "another host in the URI": lambda text: text.replace("URI: http://127.0.0.1", "URI: http://evil.example"),
    "wrong chainId": lambda text: text.replace("Chain ID: 1\n", "Chain ID: 5\n"),
    "a later end": lambda text: text.replace("10:05:00", "10:55:00"),
    "issued in the future": lambda text: text.replace("Issued At: 2026-11-21", "Issued At: 2026-11-22"),
    "an address letter's case": lambda text: text.replace(KEY.address, KEY.address.swapcase().replace("0X", "0x")),
    "another address": lambda text: text.replace(KEY.address, Key(2).address),
    "one digit of the address": lambda text: text.replace(KEY.address, f"0x8E{KEY.address[4:]}"),
    "statement altered": lambda text: text.replace("Sign in to ReUp", "Sign in to Reup"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "NUL at the end": lambda text: text + "\0",
    "a line more": lambda text: text + "\nResources:\n- https://evil.example",
    "half a character": lambda text: text + "\ud800",
    "a field's name": lambda text: text.replace("Nonce:", "nonce:"),
    "a nonce more": lambda text: text.replace("Nonce: ", "Nonce: abcdefghijklmnop12345678\nNonce: "),
    "white space around": lambda text: f" {text} ",
    "16 KiB more": lambda text: text + "a" * 16_384,
}


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED)
def test_fc39_an_altered_message_is_refused_and_burned_though_its_signature_is_right(settings, alter):
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    nonce = asked()
    altered = alter(nonce.message)
    assert altered != nonce.message
    signature = KEY.sign(altered) if altered.isascii() else KEY.sign(nonce.message)

    with pytest.raises(WalletRefused):
        answered(altered, signature)
    with pytest.raises(WalletRefused):
        answered(nonce.message, KEY.sign(nonce.message))

    assert kept(nonce).used_at == SOON
    with everyone("test"):
        assert not Wallet.objects.exists()


SIGNED = {
    "by another address": lambda text: Key(2).sign(text),
    "with a mirrored s": lambda text: with_high_s(KEY.sign(text)),
    "over the bare hash": lambda text: KEY.sign_hash(keccak(text=text)),
    "another text": lambda text: KEY.sign(f"{text} "),
    "with r zero": lambda text: bent(KEY.sign(text), r=0),
    "with s zero": lambda text: bent(KEY.sign(text), s=0),
    "too short": lambda text: KEY.sign(text)[:-2],
    "not at all": lambda text: "",
    "in no digits": lambda text: "0x" + "é" * 130,
}


@pytest.mark.parametrize("sign", SIGNED.values(), ids=SIGNED)
def test_fc39_a_message_signed_wrongly_is_refused_and_burned(sign):
    nonce = asked()

    with pytest.raises(WalletRefused):
        answered(nonce.message, sign(nonce.message))
    with pytest.raises(WalletRefused):
        answered(nonce.message, KEY.sign(nonce.message))

    assert kept(nonce).used_at == SOON


def test_a_nonce_nobody_handed_out_is_refused():
    message = asked().message
    made_up = message.replace(read(message).nonce, "a" * 24)

    with pytest.raises(WalletRefused):
        answered(made_up, KEY.sign(made_up))


@pytest.mark.parametrize(("asked_in", "answered_in"), [("s1", "s2"), ("s1", "")])
def test_fc39_a_message_asked_for_in_one_session_is_refused_in_another_and_burned(asked_in, answered_in):
    nonce = asked(session=asked_in)
    signature = KEY.sign(nonce.message)

    with pytest.raises(WalletRefused):
        answered(nonce.message, signature, session=answered_in)
    with pytest.raises(WalletRefused):
        answered(nonce.message, signature, session=asked_in)


def test_a_message_is_good_in_the_session_that_asked_and_one_from_outside_in_any():
    inside, outside = asked(session="s1"), asked()

    assert answered(inside.message, KEY.sign(inside.message), session="s1").tokens
    assert answered(outside.message, KEY.sign(outside.message), session="s2").tokens


@pytest.mark.parametrize("late", [timedelta(minutes=5), timedelta(hours=1), timedelta(seconds=-11)])
def test_fc39_a_message_out_of_its_time_is_refused(late):
    message = asked().message

    with pytest.raises(WalletRefused):
        answered(message, KEY.sign(message), now=NOW + late)


def test_a_message_is_good_until_its_last_second():
    message = asked().message

    assert answered(message, KEY.sign(message), now=NOW + timedelta(minutes=4, seconds=59)).tokens


# --- the second check, behind the comparison


def test_a_message_from_before_we_moved_is_refused(settings):
    message = asked().message
    settings.PUBLIC_URL = "https://elsewhere.example"

    with pytest.raises(WalletRefused):
        answered(message, KEY.sign(message))


def test_a_message_for_a_chain_no_longer_taken_is_refused(settings):
    message = asked().message
    settings.WALLET_CHAINS = [10]

    with pytest.raises(WalletRefused):
        answered(message, KEY.sign(message))


@pytest.mark.parametrize("planted", ["not a message {nonce}", "{message}\nRequest ID: 1", "{message}\n"])
def test_a_kept_message_that_somebody_changed_in_the_table_is_refused(planted):
    nonce = asked()
    text = planted.format(nonce=nonce.nonce, message=nonce.message)
    with everyone("test"):
        Nonce.objects.filter(pk=nonce.pk).update(message=text)

    with pytest.raises(WalletRefused):
        answered(text, KEY.sign(text))


def test_a_refusal_is_logged_with_its_reason_and_without_the_signature(caplog):
    message = asked().message
    signature = Key(2).sign(message)

    with pytest.raises(WalletRefused) as refused:
        answered(message, signature)

    assert "signed by another key" in caplog.text
    assert signature[2:] not in caplog.text
    assert "another key" not in refused.value.detail


# --- many at once


def in_parallel(works) -> list:
    """What each gave, or the refusal it met, all begun together."""
    gate, found = threading.Barrier(len(works)), []

    def run(work):
        gate.wait()
        try:
            found.append(work())
        except WalletRefused as refused:
            found.append(refused)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_of_eight_posts_of_one_signed_message_one_signs_in(known):
    if known:
        signed_in()
    message = asked().message
    signature = KEY.sign(message)

    found = in_parallel([lambda: answered(message, signature)] * 8)

    assert sorted(isinstance(one, WalletRefused) for one in found) == [False] + [True] * 7


@pytest.mark.django_db(transaction=True)
def test_eight_messages_of_one_new_wallet_open_one_account():
    signatures = [(message, KEY.sign(message)) for message in [asked().message for _ in range(8)]]

    found = in_parallel([lambda pair=pair: answered(*pair) for pair in signatures])

    assert all(one.tokens for one in found), found
    with everyone("test"):
        assert (User.objects.count(), Wallet.objects.count()) == (1, 1)


@st.composite
def mutated(draw, text: str) -> str:
    """`text` with one to three letters put in, taken out or replaced."""
    letters = list(text)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(letters) - 1))
        until = at + draw(st.integers(0, 1))
        letters[at:until] = draw(st.text(st.characters(), min_size=0 if until > at else 1, max_size=2))
    return "".join(letters)


def test_a_thousand_random_mutations_of_message_or_signature_are_refused(db):
    nonce = asked()
    message, signature = nonce.message, KEY.sign(nonce.message)
    tried = set()

    @settings(max_examples=1000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.tuples(mutated(message), st.just(signature)), st.tuples(st.just(message), mutated(signature))))
    def refused(pair):
        if pair[0] == message and pair[1].lower() == signature.lower():
            return  # digits in capitals are the same signature
        with everyone("test"):
            Nonce.objects.filter(pk=nonce.pk).update(used_at=None)
        with pytest.raises(WalletRefused):
            answered(*pair)
        tried.add(pair)

    refused()

    assert len(tried) > 900
    with everyone("test"):
        Nonce.objects.filter(pk=nonce.pk).update(used_at=None)
    assert answered(message, signature, request_facts=HERE).tokens  # unchanged, it would have passed
