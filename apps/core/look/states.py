"""The one table that gives every state its icon, word and tone. Same state, same icon, everywhere."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Look(NamedTuple):
    """`icon` names a symbol of static/img/sprite.svg; `tone` is "", accent, ok, warn or bad."""

    icon: str
    word: str
    tone: str = ""


ORDER = {
    "DRAFT": Look("draft", _("Draft")),
    "PENDING": Look("clock", _("Pending")),
    "REVIEW": Look("eye", _("In review"), "accent"),
    "COUNTERED": Look("swap", _("Changes proposed"), "warn"),
    "ACCEPTED": Look("check", _("Accepted"), "accent"),
    "PREPARING": Look("box", _("Preparing"), "accent"),
    "SHIPPED": Look("truck", _("Shipped"), "accent"),
    "DELIVERED": Look("pin", _("Delivered"), "accent"),
    "CONFIRMED": Look("double-check", _("Confirmed"), "ok"),
    "REJECTED": Look("cross-circle", _("Rejected"), "bad"),
    "CANCELLED": Look("dash", _("Cancelled")),
    "RETURNED": Look("undo", _("Returned"), "warn"),
}
INVOICE = {
    "OPEN": Look("clock", _("To pay")),
    "PARTIAL": Look("coin", _("Partly paid"), "accent"),
    "PAID": Look("check-circle", _("Paid"), "ok"),
    "OVERDUE": Look("triangle", _("Overdue"), "bad"),
    "WRITTEN_OFF": Look("dash", _("Written off")),
    "VOID": Look("cross-circle", _("Void")),
}
COMPLIANCE = {
    "NOT_REQUIRED": Look("dash", _("Not filed")),
    "QUEUED": Look("clock", _("Waits to be sent")),
    "SUBMITTED": Look("sync", _("Sent"), "accent"),
    "ACKNOWLEDGED": Look("double-check", _("Acknowledged"), "ok"),
    "FAILED": Look("cross-circle", _("Failed"), "bad"),
    "VOIDED": Look("undo", _("Voided"), "warn"),
    "REJECTED": Look("cross-circle", _("Rejected by the state"), "bad"),
}
REPORT = {
    "QUEUED": Look("clock", _("Queued")),
    "SENDING": Look("sync", _("Sending"), "accent"),
    "CONFIRMED": Look("double-check", _("Confirmed"), "ok"),
    "ADOPTED": Look("link", _("Adopted"), "ok"),
    "RETRY_WAIT": Look("clock", _("Waits for the next try"), "warn"),
    "VERIFY": Look("question", _("Being verified"), "warn"),
    "ASSIST": Look("person", _("Waits for METRC's site"), "warn"),
    "REJECTED": Look("cross-circle", _("Rejected"), "bad"),
    "REVIEW": Look("eye", _("Needs a look"), "warn"),
    "HELD": Look("pause", _("Held"), "warn"),
    "DEAD": Look("cross-circle", _("Given up"), "bad"),
    "CANCELLED": Look("dash", _("Cancelled")),
    "SUPERSEDED": Look("dash", _("Superseded")),
}
RECEIPT = {
    "count": Look("box", _("To check"), "accent"),
    "sending": Look("sync", _("On its way to METRC"), "accent"),
    "press": Look("person", _("Press in METRC"), "warn"),
    "differs": Look("swap", _("METRC differs"), "warn"),
    "refused": Look("cross-circle", _("Refused by METRC"), "bad"),
    "held": Look("pause", _("Held"), "warn"),
    "confirmed": Look("double-check", _("Confirmed"), "ok"),
    "elsewhere": Look("eye", _("Received in METRC")),
    "voided": Look("dash", _("Voided")),
}
RUN = {
    "running": Look("sync", _("Running"), "accent"),
    "completed": Look("check-circle", _("Done"), "ok"),
    "completed_with_quarantine": Look("filter", _("Done, rows quarantined"), "warn"),
    "skipped": Look("dash", _("Skipped")),
    "held": Look("pause", _("Held"), "warn"),
    "failed": Look("cross-circle", _("Failed"), "bad"),
}
JOB = {
    "ready": Look("clock", _("Waiting")),
    "running": Look("sync", _("Running"), "accent"),
    "done": Look("check-circle", _("Done"), "ok"),
    "dead": Look("cross-circle", _("Given up"), "bad"),
}
SOURCE = {
    "up": Look("check-circle", pgettext_lazy("a source answers", "Up"), "ok"),
    "late": Look("triangle", _("Late"), "warn"),
    "away": Look("cross-circle", _("Away"), "bad"),
    "none": Look("dash", _("Not read yet")),
}
KINDS = {"run": RUN, "job": JOB, "order": ORDER, "invoice": INVOICE, "compliance": COMPLIANCE, "report": REPORT}
KINDS |= {"source": SOURCE, "receipt": RECEIPT}

# What a queue's tile says about its oldest entry; "none" is an empty queue.
QUEUE = {"ok": Look("check-circle", _("Within target")), "warn": Look("triangle", _("Near its target"), "warn")}
QUEUE |= {"bad": Look("cross-circle", _("Over its target"), "bad"), "none": Look("check-circle", _("Nothing waits"))}


def look_of(state: str, kind: str = "") -> Look:
    """The look of a state; `kind` decides where two kinds share a name. A state nobody drew shows its own name."""
    tables = [KINDS[kind]] if kind else KINDS.values()
    for table in tables:
        if state in table:
            return table[state]
    return Look("question", str(state).replace("_", " ").capitalize())
