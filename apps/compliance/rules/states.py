"""Kinds of reports, their states, and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What the state is told. METRC v2 has no call that accepts a licensed transfer and none that registers one: those
    steps are a person's, and proven by reading METRC."""

    TRANSFER_CREATE = "transfer_create", _("Create transfer")
    TRANSFER_REGISTER = "transfer_register", _("Register transfer")
    TRANSFER_VOID = "transfer_void", _("Void transfer")
    TRANSFER_ACCEPT = "transfer_accept", _("Accept transfer")
    PACKAGE_CREATE = "package_create", _("Make a new package")
    PACKAGE_ADJUST = "package_adjust", _("Adjust a package")
    AUDIT_CORRECTION = "audit_correction", _("Audit correction")


class ByHand(TextChoices):
    """What a person does at METRC's site, unless a state has come to publish a call for it."""

    ACCEPT = "accept", _("Accept a transfer")
    REGISTER = "register", _("Register a transfer")


class State(TextChoices):
    QUEUED = "QUEUED", _("Queued")
    SENDING = "SENDING", _("Sending")
    RETRY_WAIT = "RETRY_WAIT", _("Waiting")
    VERIFY = "VERIFY", _("Looking it up")
    ASSIST = "ASSIST", _("By hand")
    HELD = "HELD", _("Held")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    REJECTED = "REJECTED", _("Refused")
    REVIEW = "REVIEW", _("Unclear")
    DEAD = "DEAD", _("Given up")
    ADOPTED = "ADOPTED", _("Adopted")
    CANCELLED = "CANCELLED", _("Cancelled")
    SUPERSEDED = "SUPERSEDED", _("Superseded")


S = State
TERMINAL = frozenset({S.CONFIRMED, S.ADOPTED, S.CANCELLED, S.SUPERSEDED})
OPEN = frozenset(S) - TERMINAL
NEED_A_PERSON = frozenset({S.REJECTED, S.REVIEW, S.DEAD, S.HELD, S.ASSIST})
BY_ITSELF = OPEN - NEED_A_PERSON

# What staff may do with a report that waits for them.
ENDS = frozenset({S.ADOPTED, S.CANCELLED, S.SUPERSEDED})
BY_STAFF = ENDS | {S.QUEUED, S.VERIFY}

MOVES: dict[State, frozenset[State]] = {
    S.QUEUED: frozenset({S.SENDING, S.ASSIST, S.HELD, S.DEAD, S.CANCELLED, S.SUPERSEDED}),
    S.SENDING: frozenset({S.CONFIRMED, S.RETRY_WAIT, S.VERIFY, S.ASSIST, S.REJECTED, S.HELD}),
    S.RETRY_WAIT: frozenset({S.SENDING, S.VERIFY, S.QUEUED, S.HELD, S.DEAD, S.CANCELLED, S.SUPERSEDED}),
    S.VERIFY: frozenset({S.CONFIRMED, S.ASSIST, S.QUEUED, S.REVIEW, S.HELD, S.DEAD}),
    S.ASSIST: frozenset({S.CONFIRMED, S.REVIEW}) | ENDS,
    S.HELD: frozenset({S.QUEUED, S.VERIFY}) | ENDS,
    S.REJECTED: BY_STAFF | {S.CONFIRMED},
    S.REVIEW: BY_STAFF | {S.CONFIRMED},
    S.DEAD: BY_STAFF,
}


def may_move(old: str, new: str) -> bool:
    """metrc.md §6.2; a state that ended stays as it is."""
    return new in MOVES.get(State(old), frozenset())
