"""Keys of programs: listed by prefix, shown once when made, revoked."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.actions import api_keys
from apps.accounts.models import ApiKey
from apps.accounts.shapes import KeyForm, tell
from apps.core.errors import Refused

from .guards import who_may

PERMISSION = "accounts.manage_keys"


@require_safe
@who_may(PERMISSION)
def overview(request):
    now = timezone.now()
    keys = ApiKey.objects.filter(organization=request.organization).standing_first()
    told = [(key, key.is_alive(now)) for key in keys[:100]]
    return render(request, "accounts/settings/keys.html", {"keys": told, "here": "keys"})


@require_http_methods(["GET", "POST"])
@who_may(PERMISSION, fresh=True)
def add(request):
    """The answer to the form is the only page that ever shows the key."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = api_keys.make_key(
                organization=request.organization,
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                expires_at=form.expires_at,
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refusal:
            tell(form, refusal)
        else:
            return render(request, "accounts/settings/key_made.html", {"key": key, "text": text, "here": "keys"})
    return render(request, "accounts/settings/key.html", {"form": form, "here": "keys"})


@require_POST
@who_may(PERMISSION)
def revoke(request, pk):
    key = get_object_or_404(ApiKey, pk=pk, organization=request.organization)
    api_keys.revoke_key(key=key, by=request.user, now=timezone.now())
    messages.success(request, _("%(name)s is revoked: its next request is refused.") % {"name": key.name})
    return redirect("settings:keys")
