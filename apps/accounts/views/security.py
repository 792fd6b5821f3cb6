"""A person's own security: their second factor, their password, where they are signed in; what each page of it asks
first."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp import login as remember_device

from apps.accounts import entering
from apps.accounts.actions import devices, factors, notices, sessions
from apps.accounts.forms import ChangePassword, ShowCode, ShowPassword
from apps.accounts.models import Authenticator, Passkey, RecoveryCode, Session, TrustedDevice, Wallet

from . import codes


def recently_shown(view):
    """For dangerous acts: who they are was shown within ten minutes, or is shown now, on a page of its own."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not entering.is_fresh(request, now=timezone.now()):
            return redirect(f"{reverse('accounts:again')}?next={request.path}")
        return view(request, *args, **kwargs)

    return login_required(guarded)


@require_safe
@login_required
@never_cache
def overview(request):
    user, now = request.user, timezone.now()
    rows = Session.objects.alive(now).filter(user=user)
    own = request.session.get("sid")
    return render(
        request,
        "accounts/security.html",
        {
            "authenticator": Authenticator.objects.filter(user=user, confirmed=True).first(),
            "codes_left": RecoveryCode.objects.filter(user=user).count(),
            "passkeys": Passkey.objects.filter(user=user),
            "wallets": Wallet.objects.filter(user=user),
            "trusted": TrustedDevice.objects.filter(user=user, expires_at__gt=now),
            "sessions": [(row, str(row.pk) == own) for row in rows],
        },
    )


@sensitive_post_parameters()
@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def again(request):
    """Show who you are once more: with the second factor, or, without one, with the password."""
    next_page, back = (_ours(request, request.POST.get(name) or request.GET.get(name, "")) for name in ("next", "back"))
    has_factor = bool(factors.methods_of(request.user))
    form = ShowCode(request.POST or None) if has_factor else ShowPassword(request, request.POST or None)
    if request.method == "POST" and form.is_valid() and (not has_factor or _code_shown(request, form)):
        entering.shown(request, timezone.now())
        return redirect(next_page)
    context = codes.context_of(form, factors.methods_of(request.user)) if has_factor else {"form": form}
    context |= {"next": next_page, "back": back, "has_factor": has_factor}
    return render(request, "accounts/again.html", context)


@sensitive_post_parameters()
@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def authenticator(request):
    """Take an authenticator into use, the first or in place of the one before; all other sessions end."""
    form = ShowCode(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        made = codes.tried(form, lambda code, **_: factors.confirm(request.user, code, now=now))
        if made:
            remember_device(request, factors.device_of(request.user, "totp"))
            end_others(request, "factor_changed")
            return render(request, "accounts/codes.html", {"codes": made, "next": reverse("accounts:security")})
    return render(request, "accounts/enrol.html", codes.context_of(form) | codes.offered(request.user))


@require_POST
@recently_shown
@never_cache
def recovery_codes(request):
    if not factors.methods_of(request.user):
        raise Http404
    made = factors.new_codes(request.user)
    return render(request, "accounts/codes.html", {"codes": made, "next": reverse("accounts:security")})


@sensitive_post_parameters()
@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def password(request):
    """A new password ends every other session."""
    form = ChangePassword(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        _change_password(request, form)
        messages.success(request, _("The password is changed. Everywhere else you are signed out."))
        return redirect("accounts:security")
    return render(request, "accounts/password.html", {"form": form})


@require_POST
@login_required
def end_session(request, pk):
    """Sign out somewhere else, or here."""
    row = Session.objects.filter(user=request.user, pk=pk).first()
    if row is None:
        raise Http404
    if str(row.pk) == request.session.get("sid"):
        entering.leave(request)
        return redirect("accounts:login")
    sessions.end(row, because="ended_by_hand", by=request.user, now=timezone.now())
    messages.success(request, _("That session is ended."))
    return redirect("accounts:security")


@transaction.atomic
def _change_password(request, form) -> None:
    form.save()
    update_session_auth_hash(request, form.user)
    end_others(request, "password_changed")
    devices.forget_all(form.user)
    notices.tell(form.user, "password_changed", at=timezone.now())


def _code_shown(request, form) -> bool:
    bound = {"now": timezone.now(), "bound": entering.name_of(request)}
    return bool(codes.tried(form, lambda **shown: factors.verify(request.user, **bound, **shown)))


def end_others(request, because: str) -> None:
    """All but this one, which goes on under the account as it is now; Django has given it a new key."""
    row, now = entering.row_of(request), timezone.now()
    if row:
        stamp = request.user.get_session_auth_hash()
        Session.objects.filter(pk=row.pk).update(key=request.session.session_key, stamp=stamp)
    sessions.end_all(request.user, because=because, by=request.user, now=now, but=row)


def _ours(request, wanted: str) -> str:
    fine = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if fine else reverse("accounts:security")
