"""What a seller and a buyer agreed on, or what holds while they agreed on nothing."""

from apps.accounts.models import Organization
from apps.orders.models import Order, TradeTerms
from apps.orders.rules.terms import Terms


def terms_for(*, seller: Organization, buyer: Organization) -> Terms:
    """One query; rows or ids. Cash on delivery, no order minimum and no credit limit where nothing was agreed."""
    row = TradeTerms.objects.filter(seller=seller, buyer=buyer).first()
    return row.plain() if row else Terms()


def terms_of(order: Order) -> Terms:
    """What holds today between an order's sides."""
    return terms_for(seller=order.seller_id, buyer=order.buyer_id)
