"""Secrets at rest: they open in their own place with a key we hold, and nowhere else."""

from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from apps.core import crypto

OLD, NEW = "a" * 32, "b" * 64
PLACE = {"table": "accounts_credential", "pk": uuid4(), "organization": uuid4()}


@given(text=st.text(st.characters(exclude_categories=("Cs",))))
def test_what_was_sealed_opens_in_its_place(text):
    assert crypto.unseal(crypto.seal(text, **PLACE), **PLACE) == text


def test_a_text_sealed_twice_looks_different():
    assert crypto.seal("secret", **PLACE) != crypto.seal("secret", **PLACE)


@pytest.mark.parametrize("moved", ["table", "pk", "organization"])
def test_it_does_not_open_in_another_place(moved):
    with pytest.raises(crypto.Unsealable, match="another row"):
        crypto.unseal(crypto.seal("secret", **PLACE), **PLACE | {moved: "elsewhere"})


@given(position=st.integers(2, 40), flip=st.integers(1, 255))
def test_a_changed_byte_is_noticed(position, flip):
    sealed = bytearray(crypto.seal("a secret of length", **PLACE))
    sealed[position % len(sealed)] ^= flip
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(bytes(sealed), **PLACE)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x02" + b"0" * 40, b"\x01\xff" + b"0" * 40])
def test_what_is_no_sealed_value_is_refused_in_words(sealed):
    with pytest.raises(crypto.Unsealable, match="key we hold"):
        crypto.unseal(sealed, **PLACE)


def test_keys_are_rotated_newest_first(settings):
    settings.REUP_KEYS = OLD
    before = crypto.seal("secret", **PLACE)
    settings.REUP_KEYS = f"2:{NEW},1:{OLD}"
    after = crypto.seal("secret", **PLACE)

    assert (before[1], after[1]) == (1, 2)
    assert crypto.unseal(before, **PLACE) == crypto.unseal(after, **PLACE) == "secret"
    settings.REUP_KEYS = f"2:{NEW}"
    assert crypto.unseal(after, **PLACE) == "secret"
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(before, **PLACE)


@pytest.mark.parametrize("keys", ["", "short", f"1:{OLD},2:short"])
def test_a_short_key_is_refused(settings, keys):
    settings.REUP_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="32 characters"):
        crypto.seal("secret", **PLACE)


@pytest.mark.parametrize("keys", [f"1:{OLD},1:{NEW}", f"300:{OLD}", f"x:{OLD}", f"-1:{OLD}"])
def test_key_numbers_are_one_byte_and_differ(settings, keys):
    settings.REUP_KEYS = keys
    with pytest.raises(ImproperlyConfigured, match="number"):
        crypto.seal("secret", **PLACE)
