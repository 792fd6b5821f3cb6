"""Holes in pages that are kept for many readers (apps/core/kept.py): `{% load kept %}`."""

from django import template
from django.utils.safestring import mark_safe

register = template.Library()


@register.simple_tag(takes_context=True)
def apart(context, name: str) -> str:
    """As `include`, but drawn anew for each reader where the page around it is kept: from what every page knows and
    the page's `own` context, not from what stands around it."""
    if mark := getattr(context.get("request"), "apart", None):
        return mark_safe(f"{mark}{name}{mark}")  # noqa: S308  (a template's name, written in a template)
    return mark_safe(drawn(context, name))  # noqa: S308  (escaped when it was drawn)


def drawn(context, name: str) -> str:
    """Without the line's end that a file has and an attribute must not."""
    return context.template.engine.get_template(name).render(context).rstrip("\n")
