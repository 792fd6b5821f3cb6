"""Who hears of which move, and in what words."""

from django.utils.translation import gettext_lazy as _

from apps.accounts.rules.told import Kind

from .moves import BUYER, SELLER

DESK = ("orders.decide",)
BUYERS = ("orders.create", "orders.approve", "orders.receive")
PEOPLE = {SELLER: DESK, BUYER: BUYERS}
PACKERS = ("orders.fulfil",)
LEAD = ("orders.resolve_short",)  # who is told of what waits too long

# move → kind of news, and the sentence; `who` is the side that acted
TOLD = {
    "submit": (Kind.ORDER_NEW, _("%(who)s submitted order %(number)s.")),
    "backorder": (Kind.ORDER_NEW, _("Order %(number)s waits for stock: a backorder.")),
    "claim": (Kind.ORDER_WAY, _("%(who)s is reviewing order %(number)s.")),
    "propose": (Kind.ORDER_ANSWER, _("%(who)s made order %(number)s for you and asks for your approval.")),
    "counter": (Kind.ORDER_ANSWER, _("%(who)s proposed a change to order %(number)s.")),
    "amend": (Kind.ORDER_ANSWER, _("%(who)s proposed an amendment to order %(number)s.")),
    "withdraw": (Kind.ORDER_ANSWER, _("%(who)s withdrew the change to order %(number)s.")),
    "lapse": (Kind.ORDER_ANSWER, _("The time to answer the change to order %(number)s has passed.")),
    "approve": (Kind.ORDER_ANSWER, _("%(who)s approved the change to order %(number)s.")),
    "approve_amend": (Kind.ORDER_ANSWER, _("%(who)s approved the amendment to order %(number)s.")),
    "decline": (Kind.ORDER_ANSWER, _("%(who)s declined the change to order %(number)s.")),
    "decline_amend": (Kind.ORDER_ANSWER, _("%(who)s declined the amendment to order %(number)s.")),
    "accept": (Kind.ORDER_ANSWER, _("%(who)s accepted order %(number)s.")),
    "reject": (Kind.ORDER_ANSWER, _("%(who)s rejected order %(number)s.")),
    "hold": (Kind.ORDER_NEW, _("The goods of backorder %(number)s came and are held; it can be accepted.")),
    "hold_expire": (Kind.ORDER_NEW, _("The goods of order %(number)s are no longer held: nobody took it up in time.")),
    "cancel": (Kind.ORDER_END, _("%(who)s cancelled order %(number)s.")),
    "request_cancel": (Kind.ORDER_END, _("%(who)s asks to cancel order %(number)s.")),
    "refuse_cancel": (Kind.ORDER_END, _("%(who)s keeps order %(number)s.")),
    "short_pick": (Kind.ORDER_ANSWER, _("%(who)s found less of order %(number)s than was accepted.")),
    "ship": (Kind.ORDER_WAY, _("%(who)s shipped order %(number)s.")),
    "void_ship": (Kind.ORDER_WAY, _("%(who)s took the shipment of order %(number)s back.")),
    "track": (Kind.ORDER_WAY, _("Order %(number)s is on its way: there is news of it.")),
    "deliver": (Kind.ORDER_WAY, _("Order %(number)s is delivered. Confirm what you received.")),
    "refuse_all": (Kind.ORDER_WAY, _("All of order %(number)s was refused at the door.")),
    "confirm": (Kind.ORDER_RECEIPT, _("%(who)s confirmed order %(number)s.")),
    "dispute": (Kind.ORDER_RECEIPT, _("%(who)s disputes the delivery of order %(number)s.")),
    "resolve": (Kind.ORDER_RECEIPT, _("%(who)s proposed a settlement for order %(number)s.")),
    "settle": (Kind.ORDER_RECEIPT, _("%(who)s agreed to the settlement of order %(number)s.")),
    "ask_return": (Kind.ORDER_RECEIPT, _("%(who)s asks to return goods of order %(number)s.")),
    "answer_return": (Kind.ORDER_RECEIPT, _("%(who)s answered the return for order %(number)s.")),
}


def hearers(side: str) -> tuple[str, ...]:
    """The sides that are told of what a side did: the other one; both of what the house did."""
    return {SELLER: (BUYER,), BUYER: (SELLER,)}.get(side, (SELLER, BUYER))
