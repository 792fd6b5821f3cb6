"""Who one may act as: `{% load people %}`."""

from django import template

from apps.accounts.models import Membership, Notification

register = template.Library()


@register.simple_tag(takes_context=True)
def memberships(context) -> list[Membership]:
    """The signed-in person's organizations, by name; read by EnterScope."""
    mine = getattr(context.get("request"), "memberships", ())
    return sorted(mine, key=lambda one: one.organization.name)


@register.simple_tag(takes_context=True)
def unread_count(context) -> int:
    """How much the signed-in person was told and has not read; `request.unread` where the view has counted already."""
    known, user = getattr(context.get("request"), "unread", None), context.get("user")
    if known is not None:
        return known
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notification.objects.shown(user).unread().count()
