"""What people are told of, and where: kinds of news and channels, and what holds until somebody chooses."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    IN_APP = "in_app", _("In ReUp")
    EMAIL = "email", _("By email")


class Kind(TextChoices):
    ORDER_NEW = "order_new", _("A new order, or one to look at again")
    ORDER_ANSWER = "order_answer", _("An order was accepted, rejected, or a change proposed or answered")
    ORDER_WAY = "order_way", _("An order is being reviewed, has shipped, is on its way or delivered")
    ORDER_END = "order_end", _("An order was cancelled, or somebody asked to cancel it")
    ORDER_RECEIPT = "order_receipt", _("A delivery was confirmed or disputed, or goods come back")
    ORDER_MESSAGE = "order_message", _("A message about an order")


LETTERS = frozenset({Kind.ORDER_NEW, Kind.ORDER_ANSWER, Kind.ORDER_END, Kind.ORDER_RECEIPT})


def usual(kind: str, channel: str) -> bool:
    """Whether somebody who chose nothing is told. In the app of everything; by letter of what asks for something."""
    return channel == Channel.IN_APP or kind in LETTERS
