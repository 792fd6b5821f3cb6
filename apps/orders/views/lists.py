"""The list of orders: tabs by what has to happen next, search, pages by cursor; its rows change while it is open."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.core.keyset import BadCursor, Page, page
from apps.orders.models import finding

from . import asking

SIZE = 40
TABS = {
    "open": _("Open"),
    "needs-you": _("Need you"),
    "draft": _("Drafts"),
    "waiting": _("Waiting"),
    "on-the-way": _("On the way"),
    "ended": _("Ended"),
    "all": _("All"),
}


@require_safe
@asking.members
def listing(request: HttpRequest):
    topic = f"orders.{request.organization.pk}"
    seq = asking.seq_of(topic)
    mine = finding.orders_of(request.user, request.organization)
    tab, words = _tab(request), request.GET.get("q", "").strip()
    states = finding.tabs(sells=request.organization.sells)
    chosen = mine.filter(finding.saying(words), state__in=states[tab])
    shown = _page(chosen, request.GET.get("cursor", ""))
    context = {"orders": shown.rows, "tabs": _tabs(states, finding.counts(mine), words), "tab": tab, "words": words}
    context |= {"topic": topic, "seq": seq, "fragment": request.get_full_path(), "tab_word": TABS[tab]}
    context |= {way: cursor and f"?{_query(tab, words)}&cursor={cursor}" for way, cursor in _ways(shown)}
    template = "orders/_orders.html" if request.headers.get("X-Fragment") else "orders/list.html"
    return render(request, template, context | {"may_buy": asking.may_buy(request)})


def _tab(request: HttpRequest) -> str:
    """A tab's name; a single state (`?state=draft`) leads to the tab it stands in."""
    asked = request.GET.get("state", "").lower()
    return asked if asked in TABS else "open"


def _page(orders, cursor: str) -> Page:
    ordered = finding.newest_first(orders)
    try:
        return page(ordered, size=SIZE, cursor=cursor, descending=True)
    except BadCursor:
        return page(ordered, size=SIZE, descending=True)


def _ways(shown: Page):
    return (("next", shown.next), ("previous", shown.previous))


def _query(tab: str, words: str) -> str:
    return urlencode({"state": tab} | ({"q": words} if words else {}))


def _tabs(states: dict, counts: dict, words: str) -> list[dict]:
    """Each with how many orders stand in it; a search keeps its words."""
    return [
        {
            "name": name,
            "word": word,
            "count": _told(counts.get(state, 0) for state in states[name]),
            "url": f"?{_query(name, words)}",
        }
        for name, word in TABS.items()
    ]


def _told(counts) -> int | str:
    """Counting stops where nobody counts any more: `1,000+`."""
    counts = list(counts)
    most = finding.MOST_COUNTED
    return sum(counts) if max(counts) < most else f"{most:,}+"
