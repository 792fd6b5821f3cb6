"""How stock reads on a page: `{% load shelf %}`. Amounts with their unit, potency, values watched for change."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from apps.core.look.text import EMPTY, quantity

register = template.Library()
LOW = 5  # so few are left that it is said


@register.filter
def unit(amount, name: str) -> str:
    """The word after a number: the POS's `ea` is "units"; grams and what we don't know stay as written."""
    if name.lower() in ("", "ea", "each"):
        return ngettext("unit", "units", 1 if amount == 1 else 2)
    return name


@register.filter
def amount(value, name: str) -> str:
    """`12 units`, `3.5 g`."""
    return EMPTY if value is None else f"{quantity(value)} {unit(value, name)}"


@register.filter
def potency(value, name: str) -> str:
    """`18.4%`, `100 mg`."""
    if value is None:
        return EMPTY
    return f"{quantity(round(value, 1))}%" if name == "%" else f"{quantity(value)} {name}".strip()


@register.filter
def level(value) -> str:
    """none, low or in."""
    if value <= 0:
        return "none"
    return "low" if value <= LOW else "in"


@register.simple_tag
def left(line, plain: bool = False):
    """`12 units`, `2 units left` or `None`, its number watched for change by live.js. `plain`: within a sentence."""
    if line.quantity <= 0:
        return _watched("quantity", gettext("none") if plain else gettext("None"), gettext("none"))
    number = _watched("quantity", quantity(line.quantity), amount(line.quantity, line.unit))
    words = unit(line.quantity, line.unit)
    if level(line.quantity) == "low" and not plain:
        return format_html(gettext("{number} {units} left"), number=number, units=words)
    return format_html("{} {}", number, words)


@register.filter
def watched(text, key: str):
    """The text as a value that is marked when it changes while the page is open."""
    return _watched(key, text, text)


def _watched(key: str, text, said):
    return format_html('<span data-v="{}" data-say="{}">{}</span>', key, said, text)


@register.filter
def weblink(url: str) -> str:
    """An address the POS gave us, when it is one of the web; anything else (`javascript:`) is no link."""
    return url if url.lower().startswith(("https://", "http://")) else ""
