"""The address of a list with one thing changed, and the chips that show which filters are on."""

from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.catalog.forms import STOCK, Filters
from apps.core.look.text import money

NOT_FILTERS = ("location", "sort")


@dataclass(frozen=True)
class Chip:
    """A filter that is on: what it says, and the address without it."""

    name: str
    text: str
    without: str


def address(asked: QueryDict, **changed: str) -> str:
    """The same list with some parameters set, or left out where empty; the cursor goes, for it belongs to one list."""
    query = asked.copy()
    for name in ("cursor", *changed):
        query.pop(name, None)
    for name, value in changed.items():
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def cleared(asked: QueryDict) -> str:
    """No filter: only the place and the order stay."""
    kept = QueryDict(mutable=True)
    for name in NOT_FILTERS:
        if asked.get(name):
            kept[name] = asked[name]
    return f"?{kept.urlencode()}"


def chips(asked: QueryDict, form: Filters, names: dict[str, dict[str, str]]) -> list[Chip]:
    """One a value. `names` gives category and brand ids their words."""
    found = []
    for name, value in _values(asked, form):
        query = asked.copy()
        query.setlist(name, [other for other in query.getlist(name) if other != value])
        query.pop("cursor", None)
        found.append(Chip(name, _text(name, value, names), f"?{query.urlencode()}"))
    return found


def _values(asked: QueryDict, form: Filters):
    """`(filter, value)` of all that could be read, in the form's order."""
    for name in form.fields:
        if name in (*NOT_FILTERS, "cursor") or form.wanted.get(name) in (None, "", []):
            continue
        for value in dict.fromkeys(asked.getlist(name)):
            yield name, value


def _text(name: str, value: str, names: dict[str, dict[str, str]]) -> str:
    if name == "q":
        return f"“{value}”"
    if name == "price_from":
        return _("From %(price)s") % {"price": money(value)}
    if name == "price_to":
        return _("Up to %(price)s") % {"price": money(value)}
    if name == "best_before":
        return _("Best before in over %(days)s days") % {"days": value}
    if name == "stock":
        return str(dict(STOCK)[value])
    return names.get(name, {}).get(value, _("Something else"))
