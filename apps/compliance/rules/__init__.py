"""What the state must know, on plain values: kinds and states of a report, what an answer means, when to try again."""

from .letters import (
    Received,
    TransferLine,
    accept_key,
    adjust_key,
    audit_key,
    digest,
    mark_in,
    new_mark,
    order_lane,
    package_lane,
    register_key,
    transfer_key,
    void_key,
)
from .states import BY_ITSELF, NEED_A_PERSON, OPEN, TERMINAL, ByHand, Kind, State, may_move
from .timing import ALARMS, DEADLINES, LOOKS, SETTLE, alarm_level, backoff, settle_after
from .verdicts import Verdict, classify

__all__ = [
    "ALARMS",
    "BY_ITSELF",
    "DEADLINES",
    "LOOKS",
    "NEED_A_PERSON",
    "OPEN",
    "SETTLE",
    "TERMINAL",
    "ByHand",
    "Kind",
    "Received",
    "State",
    "TransferLine",
    "Verdict",
    "accept_key",
    "adjust_key",
    "alarm_level",
    "audit_key",
    "backoff",
    "classify",
    "digest",
    "mark_in",
    "may_move",
    "new_mark",
    "order_lane",
    "package_lane",
    "register_key",
    "settle_after",
    "transfer_key",
    "void_key",
]
