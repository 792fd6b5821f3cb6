"""The list of orders: tabs by what has to happen next, search, pages by cursor; its rows change while it is open."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.core.keyset import BadCursor, Page, page
from apps.orders.models import SavedView, finding

from . import asking
from .told import many

SIZE = 40
TABS = {
    "open": _("Open"),
    "needs-you": _("Need you"),
    "draft": _("Drafts"),
    "waiting": _("Waiting"),
    "backorders": _("Backorders"),
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
    tab, words = asked(request.GET)
    tabs = _tabs(request, mine, words)
    shown = _page(chosen(request, tab, words), request.GET.get("cursor", ""))
    context = {"orders": shown.rows, "tabs": tabs, "tab": tab, "words": words}
    context |= {"topic": topic, "seq": seq, "fragment": request.get_full_path(), "tab_word": TABS[tab]}
    context |= {way: cursor and f"?{query(tab, words)}&cursor={cursor}" for way, cursor in _ways(shown)}
    if request.headers.get("X-Fragment"):
        return render(request, "orders/_orders.html", context)
    context |= {"saved": _saved(request, tab, words), "query": query(tab, words), "may_buy": asking.may_buy(request)}
    return render(request, "orders/list.html", context)


def at(tab: str, words: str) -> str:
    """The list's address with this tab and these words."""
    return f"{reverse('orders:list')}?{query(tab, words)}"


def asked(sent) -> tuple[str, str]:
    """The tab and the words of a query or a form; what is no tab's name is the first one."""
    tab = sent.get("state", "").lower()
    return tab if tab in TABS else "open", sent.get("q", "").strip()[: finding.LONGEST]


def chosen(request: HttpRequest, tab: str, words: str):
    """One's own side's orders of a tab that the words lead to."""
    mine = finding.orders_of(request.user, request.organization)
    return finding.in_tab(mine, tab, sells=request.organization.sells).filter(finding.saying(words))


def _saved(request: HttpRequest, tab: str, words: str) -> list[dict]:
    """The reader's views: each with its way there, and whether it is this one."""
    rows = SavedView.objects.filter(organization=request.organization, user=request.user)
    return [
        {"view": row, "url": f"?{query(row.tab, row.words)}", "here": (row.tab, row.words) == (tab, words)}
        for row in rows
    ]


def _page(orders, cursor: str) -> Page:
    ordered = finding.newest_first(orders)
    try:
        return page(ordered, size=SIZE, cursor=cursor, descending=True)
    except BadCursor:
        return page(ordered, size=SIZE, descending=True)


def _ways(shown: Page):
    return (("next", shown.next), ("previous", shown.previous))


def query(tab: str, words: str) -> str:
    return urlencode({"state": tab} | ({"q": words} if words else {}))


def _tabs(request: HttpRequest, mine, words: str) -> list[dict]:
    """Each with how many orders stand in it; a search keeps its words. Backorders are told where there are any."""
    sells = request.organization.sells
    states, counts = finding.tabs(sells=sells), finding.counts(mine)
    numbers = {name: many(counts.get(state, 0) for state in states[name]) for name in TABS}
    waiting = finding.in_tab(mine, finding.BACKORDERS, sells=sells).order_by()[: finding.MOST_COUNTED]
    numbers[finding.BACKORDERS] = many([waiting.count()])
    told = [name for name in TABS if name != finding.BACKORDERS or numbers[name]]
    return [
        {"name": name, "word": TABS[name], "count": numbers[name], "url": f"?{query(name, words)}"} for name in told
    ]
