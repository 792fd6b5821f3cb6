"""Passkeys in the browser: what its script asks for, a new one, one that goes."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device

from apps.accounts import entering
from apps.accounts.actions import factors, passkeys
from apps.accounts.actions.passkeys import ceremony
from apps.accounts.forms import NewPasskey
from apps.accounts.models import Passkey
from apps.core.errors import Refused

from .security import end_others, recently_shown


@require_POST
@csrf_protect
@never_cache
def request_options(request):
    """A challenge for a passkey of who is on the way in, or has to show who they are once more."""
    user, bound = _asks(request)
    if user is None or "passkey" not in factors.methods_of(user):
        raise Http404
    return JsonResponse(passkeys.request_options(user, bound=bound, now=timezone.now()))


@require_POST
@recently_shown
@never_cache
def creation_options(request):
    """A challenge for a new passkey."""
    bound, now = entering.name_of(request), timezone.now()
    try:
        return JsonResponse(passkeys.creation_options(request.user, bound=bound, now=now))
    except Refused as refusal:
        return JsonResponse({"detail": refusal.detail}, status=refusal.status)


@sensitive_post_parameters()
@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def new(request):
    """Take a passkey into use beside what there is; all other sessions end. The first factor brings recovery codes."""
    form = NewPasskey(request.POST or None)
    if request.method == "POST" and form.is_valid() and (key := _registered(request, form)):
        first = factors.methods_of(request.user) == ["passkey"]
        if not request.user.is_verified():
            remember_device(request, key)
        end_others(request, "factor_changed")
        if first:
            shown = {"codes": factors.new_codes(request.user), "next": reverse("accounts:security")}
            return render(request, "accounts/codes.html", shown)
        messages.success(request, _("The passkey is added. Everywhere else you are signed out."))
        return redirect("accounts:security")
    return render(request, "accounts/passkey.html", {"form": form, "origin": ceremony.origin()})


@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def remove(request, pk):
    """One passkey goes, after a page that says what that means; all other sessions end."""
    key = Passkey.objects.filter(user=request.user, pk=pk).first()
    if key is None:
        raise Http404
    if request.method == "POST":
        return _removed(request, key)
    return render(request, "accounts/remove_passkey.html", {"key": key, "last": passkeys.is_last(request.user)})


def _asks(request):
    if request.user.is_authenticated:
        return request.user, entering.name_of(request)
    found = entering.waiting(request, now=timezone.now())
    return (found[0].user, str(found[0].pk)) if found else (None, "")


def _registered(request, form) -> Passkey | None:
    said, bound = form.cleaned_data, entering.name_of(request)
    try:
        return passkeys.register(
            request.user, answer=said["answer"], name=said["name"], bound=bound, now=timezone.now()
        )
    except Refused as refusal:
        form.add_error("answer", refusal.detail)
        return None


def _removed(request, key: Passkey):
    try:
        passkeys.remove(request.user, key.pk, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.detail)
    else:
        end_others(request, "factor_changed")
        messages.success(request, _("The passkey is removed. Everywhere else you are signed out."))
    return redirect("accounts:security")
