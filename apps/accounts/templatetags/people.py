"""Who one may act as: `{% load people %}`."""

from django import template

from apps.accounts.models import Membership

register = template.Library()


@register.simple_tag(takes_context=True)
def memberships(context) -> list[Membership]:
    """The signed-in person's organizations, by name."""
    user = context.get("user")
    if not getattr(user, "is_authenticated", False):
        return []
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("organization__name"))
