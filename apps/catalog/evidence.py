"""What two products say alike and what they don't, field by field, in words. On plain values."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog import rules
from apps.core.look.text import EMPTY, money

SAME, DIFFERS, VETO, NONE = "same", "differs", "veto", "none"
NEAR = Decimal("0.05")  # prices so close are called the same
WORD = re.compile(r"[^\W_]+(?:\.\d+)?")


@dataclass(frozen=True)
class Said:
    """What one side says of a product; empty where it is silent."""

    name: str = ""
    brand: str = ""
    category: str = ""
    strain: str = ""
    sku: str = ""
    upc: str = ""
    weight: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True)
class Evidence:
    """One field: what ours says, the verdict (`same`, `differs`, `veto`, `none`), and the verdict in words."""

    field: str
    ours: str
    verdict: str
    words: str


def evidence(theirs: Said, ours: Said) -> list[Evidence]:
    """Beginning with what identifies a product, without the fields that neither side knows. A different weight is a
    veto: no likeness outweighs it."""
    found = [
        _compared(_("Brand"), theirs.brand, ours.brand, rules.brand_key),
        _weight(theirs.weight, ours.weight),
        _name(theirs.name, ours.name),
        _compared(_("Strain"), theirs.strain, ours.strain, rules.brand_key),
        _compared(_("Category"), theirs.category, ours.category, rules.brand_key),
        _compared(_("SKU"), theirs.sku, ours.sku, str),
        _compared(_("UPC"), theirs.upc, ours.upc, str),
        _price(theirs.price, ours.price),
    ]
    return [one for one in found if one is not None]


def vetoes(found: list[Evidence]) -> list[str]:
    return [one.words for one in found if one.verdict == VETO]


def _compared(field: str, theirs: str, ours: str, plain) -> Evidence | None:
    if not (theirs or ours):
        return None
    if not (theirs and ours):
        return Evidence(field, ours or EMPTY, NONE, _("not sent") if ours else _("not known here"))
    if plain(theirs) == plain(ours):
        return Evidence(field, ours, SAME, _("same"))
    return Evidence(field, ours, DIFFERS, _("they say %(theirs)s") % {"theirs": theirs})


def _weight(theirs: Decimal | None, ours: Decimal | None) -> Evidence | None:
    if not (theirs or ours):
        return None
    shown = f"{rules.plain(ours)} g" if ours else EMPTY
    if not (theirs and ours):
        return Evidence(_("Weight"), shown, NONE, _("not sent") if ours else _("not known here"))
    if rules.weights_differ(theirs, ours):
        told = _("conflict: %(theirs)s g sent") % {"theirs": rules.plain(theirs)}
        return Evidence(_("Weight"), shown, VETO, told)
    return Evidence(_("Weight"), shown, SAME, _("same"))


def _name(theirs: str, ours: str) -> Evidence:
    sent, known = (WORD.findall(text.casefold()) for text in (theirs, ours))
    missing, extra = _but(sent, known), _but(known, sent)
    parts = [_("%(words)s is missing") % {"words": _quoted(missing)}] if missing else []
    parts += [_("%(words)s is not sent") % {"words": _quoted(extra)}] if extra else []
    return Evidence(_("Name"), ours, DIFFERS if parts else SAME, ", ".join(parts) or _("same words"))


def _but(words: list[str], others: list[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word not in others]


def _quoted(words: list[str]) -> str:
    return "“" + " ".join(words[:4]) + (" …" if len(words) > 4 else "") + "”"


def _price(theirs: Decimal | None, ours: Decimal | None) -> Evidence | None:
    if not (theirs or ours):
        return None
    if not (theirs and ours):
        return Evidence(_("Price"), money(ours), NONE, _("not sent") if ours else _("none on the shelf"))
    apart = abs(theirs - ours) / max(theirs, ours)
    if apart <= NEAR:
        return Evidence(_("Price"), money(ours), SAME, _("same") if theirs == ours else _("close"))
    return Evidence(_("Price"), money(ours), DIFFERS, _("%(share)s%% apart") % {"share": f"{100 * apart:.0f}"})
