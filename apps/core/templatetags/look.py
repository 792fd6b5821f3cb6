"""The tags of the look: `{% load look %}`. Icons, badges, freshness, numbers and moments as text, charts."""

import json

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html

from apps.core.look import charts, states, text
from apps.core.look import freshness as fresh_rules
from apps.core.look import words as script_words

register = template.Library()


@register.simple_tag
def icon(name: str, tone: str = ""):
    """A 16 px icon of the sprite, hidden from screen readers: its word stands beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"i {tone}".strip(),
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag
def picture(form: str, size: str = ""):
    """A product drawn by its form: jar, roll, cart, vape, gummy, bar, can, puck; `big` on shop cards."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#p-{}"/></svg>',
        f"pic {size}".strip(),
        static("img/sprite.svg"),
        form,
    )


@register.inclusion_tag("_badge.html")
def badge(state: str, kind: str = "", word: str = ""):
    """Icon, word and tone of a state. `kind` is a key of states.KINDS; `word` says it closer ("Step 3 of 7")."""
    look = states.look_of(state, kind)
    return {"icon": look.icon, "tone": look.tone, "word": word or look.word, "turns": look.icon == "sync"}


@register.inclusion_tag("_fresh.html")
def fresh(*, as_of, source, limit, now=None, away_since=None, zone="UTC"):
    """The freshness chip. `limit` in minutes; `away_since` where the source does not answer."""
    now = now or timezone.now()
    return {
        "chip": fresh_rules.freshness(
            as_of=as_of, source=source, limit=limit, now=now, away_since=away_since, zone=zone or "UTC"
        )
    }


@register.filter
def money(amount, currency: str = ""):
    return text.money(amount, currency or settings.CURRENCY)


@register.filter
def quantity(amount):
    return text.quantity(amount)


@register.filter
def percent(share):
    return text.percent(share)


@register.filter
def age(moment, now=None):
    return text.age(moment, now)


@register.filter
def clock(moment, zone: str = "UTC"):
    return text.clock(moment, zone)


@register.filter
def span(length):
    """A timedelta's length: `1 h 12 min`."""
    return text.EMPTY if length is None else text.span(length.total_seconds())


@register.simple_tag
def when(moment, zone="UTC", now=None):
    """A `<time>`: `10:42` today, else with its day."""
    if moment is None:
        return text.EMPTY
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), text.when(moment, zone, now))


@register.filter
def queue_look(state: str):
    return states.QUEUE.get(state, states.QUEUE["none"])


@register.inclusion_tag("_bars.html")
def bars(points, label: str, prefix: str = ""):
    """Bars of `[{label, value, text?, partial?}]`; `label` tells the finding."""
    return {"drawings": charts.bars(points, prefix), "label": label}


@register.inclusion_tag("_line.html")
def line(labels, series, label: str, prefix: str = "", low=None):
    """Lines `[{name, values}]` over `labels`; `low` is where the axis starts when not at 0."""
    return {"drawings": charts.lines(labels, series, prefix, low), "label": label}


@register.inclusion_tag("_uptime.html")
def uptime(days, label: str):
    """One bar a day, oldest first: `[{date, state: up|late|away|none}]`."""
    return {"bars": charts.uptime(days), "label": label, "width": max(1, len(days)) * 10}


@register.simple_tag
def bar(part, whole):
    """A plain bar for a share; the number stands beside it, so it is hidden from screen readers."""
    share = min(100, max(1, round(100 * float(part or 0) / float(whole)))) if whole else 0
    return format_html(
        '<svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="6" rx="1"/></svg>',
        share,
    )


@register.simple_tag
def words() -> str:
    """What scripts say, as JSON for the body's data-words."""
    return json.dumps(script_words.words(), ensure_ascii=False)


@register.simple_tag(takes_context=True)
def theme(context) -> str:
    """light, dark or nothing (follow the system): this browser's choice, else the person's."""
    return chosen_theme(context.get("request"), context.get("user"))


def chosen_theme(request, user) -> str:
    chosen = (request.COOKIES.get("theme") if request else "") or getattr(user, "theme", "")
    return chosen if chosen in {"light", "dark"} else ""


@register.filter
def initials(name: str) -> str:
    """`JP` of "Juniper & Pine" or of an address before its @."""
    parts = [word for word in str(name).split("@")[0].replace(".", " ").replace("-", " ").split() if word[:1].isalnum()]
    return "".join(word[0] for word in parts[:2]).upper()


@register.inclusion_tag("_place.html", takes_context=True)
def place_link(context, url: str, icon: str, word: str, count="", tone: str = "", *, wide_only: bool = False):
    """One place of the rail; it is the current one when the page's path lies under its address ("/" only itself). On a
    phone one of `wide_only` stands in the account's menu, where the page puts it."""
    path = getattr(context.get("request"), "path", "")
    here = path == url or (url != "/" and path.startswith(url))
    return {"url": url, "icon": icon, "word": word, "count": count, "tone": tone, "here": here, "wide_only": wide_only}
