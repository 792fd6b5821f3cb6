"""What happened to an order, in words; by the move that did it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HAPPENED = {
    "edit": _("Draft opened"),
    "submit": _("Order submitted"),
    "propose": _("Order made for approval"),
    "claim": _("Review started"),
    "release": _("Review given back"),
    "accept": _("Order accepted"),
    "counter": _("Changes proposed"),
    "approve": _("Changes approved"),
    "decline": _("Changes declined"),
    "withdraw": _("Changes withdrawn"),
    "lapse": _("No answer came in time"),
    "reject": _("Order rejected"),
    "hold": _("Its goods came and are held"),
    "hold_expire": _("The hold ran out; its stock is free again"),
    "cancel": _("Order cancelled"),
    "request_cancel": _("Cancelling asked for"),
    "refuse_cancel": _("The order stands"),
    "amend": _("Amendment proposed"),
    "approve_amend": _("Amendment approved"),
    "decline_amend": _("Amendment declined"),
    "prepare": _("Preparing started"),
    "short_pick": _("Less was found than accepted"),
    "unprepare": _("Unpacked"),
    "manifest": _("Manifest filed"),
    "void_manifest": _("Manifest voided"),
    "ship": _("Order shipped"),
    "void_ship": _("Shipment taken back"),
    "deliver": _("Order delivered"),
    "refuse_all": _("All of it was refused"),
    "confirm": _("Receipt confirmed"),
    "dispute": _("Delivery disputed"),
    "resolve": _("Settlement proposed"),
    "settle": _("Settlement agreed"),
    "ask_return": _("Return asked for"),
    "answer_return": _("Return answered"),
    "backorder": _("Backorder opened"),
}


def happened(action: str) -> str | Promise:
    return HAPPENED.get(action, action)
