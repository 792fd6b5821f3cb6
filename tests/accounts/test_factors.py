"""Second factors: a code counts once, keys are sealed, recovery codes are digests."""

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.actions import budgets, factors
from apps.accounts.models import Authenticator, Budget, RecoveryCode
from apps.core.scope import everyone, scope
from tests import make

from .ways import many, recovery_codes_of

ROUNDS, AT_ONCE = 50, 16


def verify(user, code, method="totp"):
    return factors.verify(user, method, code, now=timezone.now())


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_fc33_one_code_sixteen_times_in_parallel_lets_exactly_one_in_and_counts_every_refusal():
    successes = 0
    with many(AT_ONCE) as at_once:
        for _ in range(ROUNDS):
            user = make.user()
            code = make.code(make.authenticator(user))
            answers = at_once(lambda user=user, code=code: _tried(user, code), AT_ONCE)
            successes += sum(bool(answer) for answer in answers)
            kept = Budget.objects.get(pk=f"code:{user.pk}")
            assert len(kept.spent) + kept.turned_away == AT_ONCE - 1
    assert successes == ROUNDS


def _tried(user, code):
    try:
        return verify(user, code)
    except budgets.TooMany:
        return None


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_a_recovery_code_counts_once_however_many_send_it_at_once():
    user = make.user()
    code = recovery_codes_of(user)[0]
    with many(5) as at_once:
        assert sum(bool(answer) for answer in at_once(lambda: verify(user, code, "recovery"), 5)) == 1


def test_the_same_code_is_no_code_in_the_next_step_and_an_older_one_neither(db):
    user = make.user()
    device = make.authenticator(user)
    used, older = make.code(device), make.code(device, seconds=-30)

    assert verify(user, used)
    assert not verify(user, used)
    assert not verify(user, older)


def test_a_phone_half_a_minute_off_is_taken_and_one_ninety_seconds_off_is_not(db):
    for seconds, taken in ((30, True), (-30, True), (90, False), (-90, False)):
        user = make.user()
        assert bool(verify(user, make.code(make.authenticator(user), seconds=seconds))) == taken, seconds


def test_the_sixth_try_in_a_quarter_of_an_hour_is_not_looked_at_even_with_the_right_code(db):
    user = make.user()
    device = make.authenticator(user)
    for _ in range(5):
        assert not verify(user, "000000" if make.code(device) != "000000" else "111111")
    with pytest.raises(budgets.TooMany):
        verify(user, make.code(device))


def test_right_codes_use_nothing_up(db):
    user = make.user()
    for code in recovery_codes_of(user):
        assert verify(user, code, "recovery")
    assert factors.methods_of(user) == ["totp"]


def test_recovery_codes_are_taken_as_people_write_them(db):
    user = make.user()
    code = recovery_codes_of(user)[0]

    assert verify(user, f" {code.replace('-', ' ').upper()} ", "recovery")


def test_neither_a_key_nor_a_recovery_code_can_be_read_in_the_database(db):
    user = make.user()
    codes, device = recovery_codes_of(user), make.authenticator(user)
    with everyone("test"), connection.cursor() as cursor:
        found = ""
        for table in ("accounts_authenticator", "accounts_recoverycode", "accounts_recoverysheet"):
            cursor.execute(f"SELECT t::text FROM {table} t")  # noqa: S608  (names of ours)
            found += str(cursor.fetchall())
    for secret in (device.key.hex(), device.secret, *codes, *(code.replace("-", "") for code in codes)):
        assert secret not in found


def test_an_authenticators_key_moved_to_another_person_does_not_open(db):
    mine, theirs = make.authenticator(make.user()), make.authenticator(make.user())
    theirs.sealed = mine.sealed

    with pytest.raises(Exception, match="sealed for another row"):
        _ = theirs.key


def test_a_persons_factors_are_seen_by_nobody_else(db):
    user, other = make.user(), make.user()
    recovery_codes_of(user)
    with scope(user=other.pk):
        assert (Authenticator.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def test_an_offered_authenticator_counts_only_once_its_first_code_is_shown(db):
    user = make.user()
    device = factors.offer(user)

    assert factors.offer(user).pk == device.pk
    assert factors.methods_of(user) == []
    assert not verify(user, device.shows())
    assert factors.confirm(user, "123", now=timezone.now()) is None
    assert len(set(factors.confirm(user, device.shows(), now=timezone.now()))) == 10
    assert factors.methods_of(user) == ["totp", "recovery"]
