"""What one was told, read and marked; and which news one wants, where."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.actions import telling
from apps.accounts.models import Notification
from apps.accounts.rules.told import Channel, Kind
from apps.core.keyset import BadCursor, page

SIZE = 50


@require_safe
@login_required
@never_cache
def listing(request):
    rows = Notification.objects.shown(request.user).annotate(key=F("at"))
    try:
        found = page(rows, size=SIZE, cursor=request.GET.get("cursor", ""), descending=True)
    except BadCursor:
        return redirect("notifications:list")
    return render(request, "accounts/notifications.html", {"page": found, "unread": _unread(request)})


@require_safe
@login_required
@never_cache
def bell(request):
    """The count in the header, drawn again when news comes."""
    return render(request, "_bell.html")


@require_POST
@login_required
def read(request):
    """One, and on to its page; or all."""
    pk = request.POST.get("id", "")
    telling.mark_read(user=request.user, now=timezone.now(), ids=[int(pk)] if pk.isdecimal() else None)
    return redirect("notifications:list")


@require_http_methods(["GET", "POST"])
@login_required
@never_cache
def choices(request):
    if request.method == "POST":
        wanted = {pair: f"{pair[0]}.{pair[1]}" in request.POST for pair in telling.choices_of(request.user)}
        telling.choose(user=request.user, wanted=wanted)
        messages.success(request, _("Saved."))
        return redirect("settings:notifications")
    held = telling.choices_of(request.user)
    rows = [
        (kind, [(channel, f"{kind.value}.{channel.value}", held[kind, channel]) for channel in Channel])
        for kind in Kind
    ]
    return render(request, "accounts/settings/notifications.html", {"rows": rows, "here": "notifications"})


def _unread(request) -> int:
    return Notification.objects.shown(request.user).unread().count()
