"""Whose key signed a text."""

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils import keccak

from apps.accounts.wallet import BadSignature, signer

from .keys import ORDER, Key, bent, with_high_s

KEY = Key(7)
TEXT = "reup.example wants you to sign in"
SIGNED = KEY.sign(TEXT)
R, S = int(SIGNED[2:66], 16), int(SIGNED[66:130], 16)


def test_the_signer_is_known_by_the_signature():
    assert signer(TEXT, SIGNED) == KEY.address


def test_the_recovery_byte_may_count_from_zero():
    assert signer(TEXT, bent(SIGNED, v=int(SIGNED[-2:], 16) - 27)) == KEY.address


def test_another_text_or_another_key_gives_another_signer():
    assert signer(TEXT + ".", SIGNED) != KEY.address
    assert signer(TEXT, Key(8).sign(TEXT)) != KEY.address


def test_a_signature_over_the_bare_hash_is_not_one_over_the_message():
    assert signer(TEXT, KEY.sign_hash(keccak(text=TEXT))) != KEY.address


def test_the_mirrored_signature_would_recover_the_same_key_and_is_refused():
    mirrored = with_high_s(SIGNED)

    assert Account.recover_message(encode_defunct(text=TEXT), signature=mirrored) == KEY.address
    with pytest.raises(BadSignature):
        signer(TEXT, mirrored)


BROKEN = {
    "nothing": "",
    "0x alone": "0x",
    "no 0x": SIGNED[2:],
    "64 bytes": SIGNED[:-2],
    "66 bytes": SIGNED + "00",
    "a space at the end": SIGNED + " ",
    "a letter that is no digit": SIGNED[:-1] + "g",
    "r zero": bent(SIGNED, r=0),
    "s zero": bent(SIGNED, s=0),
    "r the order": bent(SIGNED, r=ORDER),
    "r beyond the field": bent(SIGNED, r=2**256 - 1),
    "r on no point": bent(SIGNED, r=5),
    "s the order": bent(SIGNED, s=ORDER),
    "v 2": bent(SIGNED, v=2),
    "v 29": bent(SIGNED, v=29),
    "v 35, as transactions have it": bent(SIGNED, v=35),
    "v 255": bent(SIGNED, v=255),
}


@pytest.mark.parametrize("signature", BROKEN.values(), ids=BROKEN)
def test_what_is_no_canonical_signature_is_refused(signature):
    with pytest.raises(BadSignature):
        signer(TEXT, signature)
