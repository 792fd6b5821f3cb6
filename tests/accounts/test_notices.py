"""Letters about an account's safety: one for each change that lets somebody in or keeps somebody out."""

import pytest
from django.core import mail
from django.utils import timezone

from apps.accounts.actions import factors, notices, sessions, wallets
from apps.accounts.models import Wallet
from apps.core.scope import everyone, scope
from tests import make

from .wallet.handshake import linked
from .ways import later, tokens_of


@pytest.fixture
def letters(run_jobs):
    def sent() -> list[str]:
        run_jobs()
        return [" ".join(letter.body.split()) for letter in mail.outbox]

    return sent


def test_a_new_authenticator_and_new_codes_are_told(cast, letters):
    device = factors.offer(cast.buyer)
    factors.confirm(cast.buyer, device.shows(), now=timezone.now())
    factors.new_codes(cast.buyer)

    told = letters()
    assert "An authenticator app was taken into use." in told[0]
    assert "New recovery codes were made." in told[1]
    assert mail.outbox[0].subject == "A change to your ReUp account"
    assert mail.outbox[0].to == [cast.buyer.email]
    assert device.secret not in " ".join(told)


def test_a_refresh_token_used_twice_is_told(cast, letters):
    pair = tokens_of(cast.buyer)
    sessions.refresh(pair.refresh, now=later(seconds=1))
    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(pair.refresh, now=later(seconds=30))

    (told,) = letters()
    assert "two hands hold it" in told
    assert pair.refresh not in told


def test_a_wallet_that_is_linked_or_taken_off_is_told(cast, letters):
    wallet = linked(cast.buyer)
    wallets.unlink(cast.buyer, wallet, now=timezone.now())

    told = letters()
    assert f"A wallet was linked to the account: {wallet.address}." in told[0]
    assert f"A wallet was taken off the account: {wallet.address}." in told[1]


def test_a_changed_password_is_told(cast, letters, client):
    client.post("/accounts/login/", {"username": cast.buyer.email, "password": make.PASSWORD})
    new = "a much longer passphrase"
    client.post("/accounts/security/password/", {"new_password1": new, "new_password2": new})

    (told,) = letters()
    assert "The password was changed." in told
    assert new not in told


def test_the_only_way_in_is_not_taken_off(db):
    user = make.user()
    wallet = linked(user)
    user.set_unusable_password()
    user.save()

    assert wallets.is_only_way(user)
    with pytest.raises(wallets.OnlyWay):
        wallets.unlink(user, wallet, now=timezone.now())
    with scope(user=user.pk):
        assert Wallet.objects.get() == wallet


def test_a_change_nobody_wrote_a_letter_for_is_a_mistake_of_ours(cast):
    with pytest.raises(ValueError, match="No letter tells of"):
        notices.tell(cast.buyer, "something", at=timezone.now())


def test_every_letter_can_be_written(cast, letters):
    named = {"name": "Blue phone 100%", "address": "0x7E5F"}
    with everyone("test"):
        for what in notices.WHAT:
            notices.tell(cast.buyer, what, at=timezone.now(), **named)

    assert len(letters()) == len(notices.WHAT)
