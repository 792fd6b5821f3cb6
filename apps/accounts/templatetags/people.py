"""Who one may act as: `{% load people %}`."""

from django import template

from apps.accounts.models import Membership, Notification

register = template.Library()


@register.simple_tag(takes_context=True)
def memberships(context) -> list[Membership]:
    """The signed-in person's organizations, by name."""
    user = context.get("user")
    if not getattr(user, "is_authenticated", False):
        return []
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__name"))


@register.simple_tag(takes_context=True)
def unread_count(context) -> int:
    """How much the signed-in person was told and has not read."""
    user = context.get("user")
    if not getattr(user, "is_authenticated", False):
        return 0
    return Notification.objects.shown(user).unread().count()
