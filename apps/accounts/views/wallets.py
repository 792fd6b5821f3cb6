"""Wallets in the browser: a message for its script to have signed, the way in with it, linking one, taking one off."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import entering
from apps.accounts.actions import wallets
from apps.accounts.forms import AskForMessage, Signed, SignIn
from apps.accounts.models import Nonce, Wallet
from apps.accounts.visitors import facts_of
from apps.core.errors import Refused

from .security import end_others, recently_shown
from .signing_in import go_on


@require_POST
@csrf_protect
@never_cache
def message(request):
    """A message for a wallet that wants to sign in, good in this browser alone."""
    return _message(request, purpose=Nonce.Purpose.SIGN_IN)


@require_POST
@recently_shown
@never_cache
def link_message(request):
    return _message(request, purpose=Nonce.Purpose.LINK, user=request.user)


@require_POST
@csrf_protect
@never_cache
def sign_in(request):
    """The signed message: a first factor. What the account needs beside it comes next."""
    form = Signed(request.POST)
    said = form.cleaned_data if form.is_valid() else {"message": "", "signature": "", "next": ""}
    try:
        signed = {"message": said["message"], "signature": said["signature"]}
        user = wallets.who_signed(**signed, session=entering.name_of(request), now=timezone.now())
    except Refused as refusal:
        context = {
            "form": SignIn(request),
            "refused": refusal.detail,
            "next": said["next"],
            "chains": settings.WALLET_CHAINS,
        }
        return render(request, "accounts/login.html", context, status=refusal.status)
    return go_on(request, user, "wallet", _ours(request, said["next"]))


@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def link(request):
    """A wallet becomes a way into the account: the page says so before the wallet asks."""
    refused = ""
    if request.method == "POST" and (form := Signed(request.POST)).is_valid():
        try:
            linked = wallets.link_wallet(
                user=request.user,
                verified=request.user.is_verified(),
                message=form.cleaned_data["message"],
                signature=form.cleaned_data["signature"],
                session=entering.name_of(request),
                now=timezone.now(),
            )
        except Refused as refusal:
            refused = refusal.detail
        else:
            messages.success(request, _("The wallet %(wallet)s is linked.") % {"wallet": linked})
            return redirect("accounts:security")
    return render(request, "accounts/link_wallet.html", {"refused": refused, "chains": settings.WALLET_CHAINS})


@recently_shown
@never_cache
@require_http_methods(["GET", "POST"])
def unlink(request, pk):
    """A wallet is taken off, after a page that says what that means; all other sessions end."""
    wallet = Wallet.objects.filter(user=request.user, pk=pk).first()
    if wallet is None:
        raise Http404
    if request.method == "POST":
        return _unlinked(request, wallet)
    only = wallets.is_only_way(request.user)
    return render(request, "accounts/unlink_wallet.html", {"wallet": wallet, "only": only})


def _unlinked(request, wallet: Wallet):
    try:
        wallets.unlink(request.user, wallet, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.detail)
    else:
        end_others(request, "wallet_unlinked")
        messages.success(request, _("The wallet %(wallet)s is taken off.") % {"wallet": wallet})
    return redirect("accounts:security")


def _message(request, **asked) -> JsonResponse:
    form = AskForMessage(request.POST)
    if not form.is_valid():
        return JsonResponse({"detail": _("An address is 0x and 40 hexadecimal digits.")}, status=400)
    if not request.session.session_key:
        request.session.create()
    facts, session = facts_of(request), entering.name_of(request)
    try:
        made = wallets.issue_nonce(
            **form.cleaned_data, **asked, session=session, request_facts=facts, now=timezone.now()
        )
    except ValueError:
        return JsonResponse({"detail": _("An address is 0x and 40 hexadecimal digits.")}, status=400)
    except Refused as refusal:
        return JsonResponse({"detail": refusal.detail}, status=refusal.status)
    return JsonResponse({"message": made.message})


def _ours(request, wanted: str) -> str:
    fine = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if fine else resolve_url("home")
