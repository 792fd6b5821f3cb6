"""Whose account a wallet opens, what it still has to show, and linking one."""

import pytest

from apps.accounts.actions import wallets
from apps.accounts.actions.wallets import WalletRefused
from apps.accounts.models import Lender, Membership, Nonce, Session, User, Wallet
from apps.accounts.wallet import read
from apps.core.models import AuditEntry
from apps.core.scope import everyone, scope
from tests import make

from .handshake import KEY, SOON, answered, asked, linked, signed_in
from .keys import Key

pytestmark = pytest.mark.django_db


def owner_of(key: Key = KEY) -> User:
    with everyone("test"):
        return Wallet.objects.select_related("user").get(address=key.address).user


def test_an_unknown_wallet_becomes_a_lender_without_organization_password_or_kyc():
    assert signed_in().tokens

    user = owner_of()
    with everyone("test"):
        assert not Membership.objects.filter(user=user).exists()
        assert user.lender.kyc == Lender.Kyc.NONE
        assert Session.objects.get(user=user).amr == ["wallet"]
        assert AuditEntry.objects.filter(action="lender.opened", actor=str(user)).count() == 1
    assert user.email.endswith("@wallet.invalid")
    assert not user.has_usable_password()
    assert not user.is_staff


def test_a_known_wallet_comes_back_to_its_account():
    signed_in()
    first = owner_of()

    signed_in()

    assert owner_of() == first
    with everyone("test"):
        assert User.objects.count() == 1
        assert Wallet.objects.get().last_used_at == SOON


def test_an_account_that_was_closed_is_not_opened_by_its_wallet():
    signed_in()
    with everyone("test"):
        User.objects.update(is_active=False)

    with pytest.raises(WalletRefused):
        signed_in()


# --- a first factor only


def test_where_the_account_has_a_factor_the_wallet_alone_brings_no_tokens():
    signed_in()
    make.authenticator(owner_of())

    step = signed_in()

    assert (step.tokens, step.methods, step.enrol_required) == (None, ("totp",), False)


def test_where_the_role_demands_a_factor_and_there_is_none_one_must_be_enrolled(cast):
    linked(cast.seller)

    step = signed_in()

    assert (step.tokens, step.methods, step.enrol_required) == (None, (), True)


def test_where_neither_asks_for_one_the_wallet_is_enough(cast):
    linked(cast.buyer)

    assert signed_in().tokens


# --- linking


def test_a_linked_wallet_signs_in_as_the_account(cast):
    wallet = linked(cast.buyer)

    assert (wallet.address, wallet.user) == (KEY.address, cast.buyer)
    signed_in()
    with everyone("test"):
        assert Session.objects.get().user == cast.buyer
        assert AuditEntry.objects.filter(action="wallet.linked", actor=str(cast.buyer)).count() == 1


def test_a_message_to_link_says_so(cast):
    link = read(asked(purpose=Nonce.Purpose.LINK, user=cast.buyer, session="s1").message)

    assert "Link this wallet" in link.statement
    assert link.statement != read(asked().message).statement


def test_a_message_to_sign_in_does_not_link_and_one_to_link_does_not_sign_in(cast):
    sign_in, link = asked(), asked(purpose=Nonce.Purpose.LINK, user=cast.buyer, session="s1")

    with pytest.raises(WalletRefused):
        linking(cast.buyer, sign_in)
    with pytest.raises(WalletRefused):
        answered(link.message, KEY.sign(link.message), session="s1")
    with everyone("test"):
        assert not Wallet.objects.exists()
        assert not Nonce.objects.filter(used_at=None).exists()


def test_a_message_to_link_is_good_for_who_asked_and_where_they_asked(cast):
    with pytest.raises(WalletRefused):
        linking(cast.outsider, asked(purpose=Nonce.Purpose.LINK, user=cast.buyer, session="s1"))
    with pytest.raises(WalletRefused):
        linking(cast.buyer, asked(purpose=Nonce.Purpose.LINK, user=cast.buyer, session="s1"), session="s2")


def test_a_wallet_of_another_account_is_not_linked(cast):
    linked(cast.buyer)

    with pytest.raises(wallets.WalletTaken):
        linked(cast.outsider)

    assert owner_of() == cast.buyer


def test_linking_twice_changes_nothing(cast):
    assert linked(cast.buyer) == linked(cast.buyer)


def test_an_account_may_have_several_wallets(cast):
    linked(cast.buyer)
    linked(cast.buyer, Key(2))

    assert owner_of(Key(2)) == cast.buyer


def test_who_has_a_factor_and_has_not_shown_it_links_nothing(cast):
    make.authenticator(cast.buyer)
    nonce = asked(purpose=Nonce.Purpose.LINK, user=cast.buyer, session="s1")

    with pytest.raises(wallets.FactorNeeded):
        linking(cast.buyer, nonce, verified=False)

    assert linking(cast.buyer, nonce, verified=True)


def linking(user: User, nonce: Nonce, **options) -> Wallet:
    values = {"verified": False, "session": "s1", "now": SOON} | options
    return wallets.link_wallet(user=user, message=nonce.message, signature=KEY.sign(nonce.message), **values)


# --- rows


def test_a_person_sees_their_own_wallets_and_nobody_elses(cast):
    linked(cast.buyer)
    linked(cast.outsider, Key(2))

    with scope(cast.retailer, user=cast.buyer.pk):
        assert [wallet.address for wallet in Wallet.objects.all()] == [KEY.address]
        assert not Nonce.objects.exclude(user=cast.buyer).exists()
        assert [lender.user_id for lender in Lender.objects.all()] == [cast.buyer.pk]
