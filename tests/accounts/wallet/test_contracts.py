"""Wallets that are contracts, on a real EVM: their own code's yes signs in, and nothing else does."""

import pytest
from django.conf import settings as project

from apps.accounts.actions.wallets import NodeAway, WalletRefused
from apps.accounts.models import Wallet
from apps.accounts.wallet import checksummed
from apps.core.scope import everyone
from tests import chain as chains

from .handshake import answered, asked, kept
from .keys import Key

pytestmark = [pytest.mark.django_db]
OWNER, STRANGER = Key(3), Key(4)
LONG = "0x" + "ab" * 300  # what a wallet with several owners sends


@pytest.fixture(scope="module")
def chain():
    with chains.running() as running:
        yield running


@pytest.fixture
def node(chain, settings):
    settings.CHAIN_RPC_URL = chain.url
    settings.WALLET_CHAINS = [1, chains.CHAIN]
    chain.asked.clear()
    return chain


def to_sign(address: str, **values):
    return asked(_At(address), **{"chain_id": chains.CHAIN} | values)


class _At:
    """A wallet at an address without a key."""

    def __init__(self, address):
        self.address = checksummed(address)


def test_its_owners_signature_signs_a_contract_wallet_in(node):
    address = node.owned_by(OWNER.address)
    message = to_sign(address).message

    answered(message, OWNER.sign(message))
    with everyone("test"):
        assert Wallet.objects.get().address == checksummed(address)
    assert node.asked == ["eth_chainId", "eth_getCode", "eth_call"]


def test_a_strangers_signature_and_its_owners_over_another_text_do_not(node):
    nonce = to_sign(node.owned_by(OWNER.address))
    with pytest.raises(WalletRefused):
        answered(nonce.message, STRANGER.sign(nonce.message))
    again = to_sign(nonce.address)
    with pytest.raises(WalletRefused):
        answered(again.message, OWNER.sign(nonce.message))

    assert kept(nonce).used_at
    with everyone("test"):
        assert not Wallet.objects.exists()


ANSWERS = {
    "reverts": chains.REVERTS,
    "burns all gas": chains.BURNS,
    "another word": chains.SAYS_NO,
    "the word in four bytes": chains.SAYS_LITTLE,
    "true": chains.SAYS_TRUE,
}


@pytest.mark.parametrize("runtime", ANSWERS.values(), ids=ANSWERS)
def test_anything_but_the_exact_word_is_no(node, runtime):
    message = to_sign(node.place(runtime)).message

    with pytest.raises(WalletRefused):
        answered(message, LONG)


def test_an_address_without_code_takes_no_signature_but_its_own_keys(node):
    message = to_sign(OWNER.address).message
    with pytest.raises(WalletRefused):
        answered(message, STRANGER.sign(message))
    assert "eth_call" not in node.asked

    again = to_sign(OWNER.address).message
    node.asked.clear()
    answered(again, OWNER.sign(again))
    assert node.asked == []


def test_a_contract_is_asked_on_the_messages_own_chain_alone(node):
    message = to_sign(node.owned_by(OWNER.address), chain_id=1).message

    with pytest.raises(WalletRefused):
        answered(message, OWNER.sign(message))
    assert node.asked == ["eth_chainId"]


def test_a_node_that_is_away_is_try_again_later_and_never_a_yes(node, settings):
    address = node.owned_by(OWNER.address)
    settings.CHAIN_RPC_URL = "http://127.0.0.1:9"
    nonce = to_sign(address)

    with pytest.raises(NodeAway) as refusal:
        answered(nonce.message, OWNER.sign(nonce.message))
    assert (refusal.value.status, refusal.value.headers) == (503, {"Retry-After": "60"})
    assert kept(nonce).used_at


@pytest.mark.parametrize(
    "reply",
    [
        {"error": {"code": -32005, "message": "limit exceeded"}},
        {"error": {"code": -32601, "message": "no such method"}},
        {"result": None},
        {"result": "yes"},
        {},
    ],
)
def test_a_node_that_can_not_say_is_try_again_later(node, monkeypatch, reply):
    message = to_sign(node.owned_by(OWNER.address)).message
    monkeypatch.setattr(node, "answer", lambda method, params: reply)

    with pytest.raises(NodeAway):
        answered(message, OWNER.sign(message))


def test_without_a_node_contracts_are_refused_in_words_and_keys_sign_in(node, settings):
    address = node.owned_by(OWNER.address)
    settings.CHAIN_RPC_URL = ""
    message = to_sign(address).message
    for signature in (OWNER.sign(message), LONG):
        with pytest.raises(WalletRefused, match="Wallets that are contracts can't sign in here"):
            answered(to_sign(address).message, signature)

    message = to_sign(OWNER.address).message
    assert answered(message, OWNER.sign(message)).tokens


def test_no_node_is_asked_unless_somebody_says_which():
    assert project.CHAIN_RPC_URL == ""


@pytest.mark.parametrize("signature", ["", "0x", "0xabc", "0xzz", "ab" * 300, "0x" + "ab" * 8_193])
def test_what_is_no_hexadecimal_text_asks_no_contract(node, signature):
    message = to_sign(node.owned_by(OWNER.address)).message

    with pytest.raises(WalletRefused):
        answered(message, signature)
    assert node.asked == []
