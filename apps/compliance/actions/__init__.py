"""Compliance's verbs."""

from .desk import adopt, cancel, edit, give_up, look_again, redrivable, redrive, redrive_all, shown_by_metrc
from .differences import agree, note_difference, settle
from .door import site_of
from .draining import drain, take_turn
from .filing import ConflictingReport, file_adjustment, file_correction
from .holding import put_key, release, try_held, worth_asking
from .limits import Limits
from .moving import IllegalMove, topic_of
from .outages import begin_outage, end_outage, outage_of
from .receiving import file_accept, report_of, same_as_metrc, say_done
from .repacking import LEFT_OVER, file_packages, give_back, new_package_of, reserve, tags_of
from .transfers import file_transfer, void_transfer
from .watching import ask_mirror, ask_tags, give_up_old, raise_alarms, wake_due, wake_mirrors, with_work

__all__ = [
    "LEFT_OVER",
    "ConflictingReport",
    "IllegalMove",
    "Limits",
    "adopt",
    "agree",
    "ask_mirror",
    "ask_tags",
    "begin_outage",
    "cancel",
    "drain",
    "edit",
    "end_outage",
    "file_accept",
    "file_adjustment",
    "file_correction",
    "file_packages",
    "file_transfer",
    "give_back",
    "give_up",
    "give_up_old",
    "look_again",
    "new_package_of",
    "note_difference",
    "outage_of",
    "put_key",
    "raise_alarms",
    "redrivable",
    "redrive",
    "redrive_all",
    "release",
    "report_of",
    "reserve",
    "same_as_metrc",
    "say_done",
    "settle",
    "shown_by_metrc",
    "site_of",
    "tags_of",
    "take_turn",
    "topic_of",
    "try_held",
    "void_transfer",
    "wake_due",
    "wake_mirrors",
    "with_work",
    "worth_asking",
]
