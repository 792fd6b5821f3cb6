"""A price's trail in words: the reason in one sentence, and its steps with amounts. For pages and documents."""

from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.look.text import money, quantity


def told(why: list[dict], currency: str = "USD") -> dict:
    """`{reason, steps: [{term, amount, sum}]}` of `Priced.why`, as the Why component takes them."""
    return {"reason": _reason(why), "steps": [_step(one, currency) for one in why]}


def _reason(why: list[dict]) -> str:
    if any(one["step"] == "agreed" for one in why):
        return _("The price you and the wholesaler agreed on for this order.")
    pays = next((one for one in why if one["step"] == "pays"), None)
    if pays is None:
        return _("Nobody has set a price for this product yet.")
    if not pays["tier"]:
        return _("The shelf's price. No price list of yours names it for this quantity.")
    if pays["tiers"] == 1:
        return _("The price on your price list.")
    return _("Tier %(n)s of %(all)s on your price list") % {"n": pays["tier"], "all": pays["tiers"]}


def _step(one: dict, currency: str) -> dict:
    amount = money(Decimal(one["price"]), currency)
    at = {"name": one.get("name", ""), "n": quantity(Decimal(one["from"])) if "from" in one else ""}
    if one["step"] == "agreed":
        return {"term": _("Agreed, each"), "amount": amount, "sum": True}
    if one["step"] == "pays":
        return {"term": _("You pay, each"), "amount": amount, "sum": True}
    if one["step"] == "list" and one["change"]:
        return {"term": at["name"], "amount": money(Decimal(one["change"]), currency)}
    if one["step"] == "tier":
        return {"term": _("From %(n)s") % at, "amount": money(Decimal(one["change"]), currency)}
    if one["step"] == "next":
        return {"term": _("From %(n)s you would pay, each") % at, "amount": amount}
    if one["step"] == "lost":
        return {"term": _("“%(name)s” would ask; your other list goes first") % at, "amount": amount}
    return {"term": at["name"] or _("Shelf price"), "amount": amount}
