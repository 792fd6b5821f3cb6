"""What a seller and a buyer agreed on, or what holds while they agreed on nothing."""

from apps.accounts.models import Organization
from apps.orders.models import TradeTerms
from apps.orders.rules.terms import Terms


def terms_for(*, seller: Organization, buyer: Organization) -> Terms:
    """One query; rows or ids. Cash on delivery, no order minimum and no credit limit where nothing was agreed."""
    row = TradeTerms.objects.filter(seller=seller, buyer=buyer).first()
    return row.plain() if row else Terms()
