"""Tries are counted before they are made, in a row of their own, so that parallel guesses can't share one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from apps.accounts.models import Budget
from apps.core.errors import Refused

A_QUARTER, A_DAY = timedelta(minutes=15), timedelta(days=1)


@dataclass(frozen=True)
class Limit:
    """At most `most` tries in any stretch of `per`."""

    name: str
    most: int
    per: timedelta


PASSWORDS = Limit("password", 10, A_QUARTER)  # an account from anywhere; a known device has as many of its own
PASSWORDS_NETWORK = Limit("password-network", 100, A_QUARTER)
CODES = Limit("code", 5, A_QUARTER)
CODES_DAY = Limit("code-day", 20, A_DAY)
RESETS = Limit("reset", 3, A_QUARTER)
RESETS_NETWORK = Limit("reset-network", 30, A_QUARTER)
NONCES_NETWORK = Limit("nonce-network", 60, A_QUARTER)


class TooMany(Refused):
    """Nothing was looked at; the same for those who exist and those who don't."""

    code, status = "too-many-tries", 429
    headers = {"Retry-After": str(int(A_QUARTER.total_seconds()))}


def mark_of(text: str) -> str:
    """An account or address as a key: a budget's row names nobody."""
    return salted_hmac("accounts.Budget", text.strip().lower(), algorithm="sha256").hexdigest()[:40]


def spend(*tries: tuple[Limit, str], now: datetime) -> None:
    """Take one of each, or none and raise TooMany. Call outside of transactions that may be rolled back."""
    taken = []
    for limit, whose in tries:
        if not _take(limit, whose, now):
            give_back(*taken, at=now)
            raise TooMany(_("Too many tries. Wait a quarter of an hour, then try again."))
        taken.append((limit, whose))


def give_back(*tries: tuple[Limit, str], at: datetime) -> None:
    """What turned out right was no guess."""
    for limit, whose in tries:
        with transaction.atomic():
            row = Budget.objects.select_for_update().filter(pk=_key(limit, whose)).first()
            if row and at in row.spent:
                row.spent.remove(at)
                row.save(update_fields=["spent"])


def clean(now: datetime) -> None:
    Budget.objects.filter(used_at__lt=now - A_DAY).delete()


@transaction.atomic
def _take(limit: Limit, whose: str, now: datetime) -> bool:
    key = _key(limit, whose)
    Budget.objects.bulk_create([Budget(key=key, used_at=now)], ignore_conflicts=True)
    row = Budget.objects.select_for_update().get(pk=key)
    row.spent = [at for at in row.spent if at > now - limit.per]
    if len(row.spent) >= limit.most:
        Budget.objects.filter(pk=key).update(turned_away=F("turned_away") + 1)
        return False
    row.spent, row.used_at = [*row.spent, now], now
    row.save(update_fields=["spent", "used_at"])
    return True


def _key(limit: Limit, whose: str) -> str:
    return f"{limit.name}:{whose}"
