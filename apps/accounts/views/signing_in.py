"""Pages on the way in: email and password, then the code; or, for who must have a factor and has none, enrolment."""

from django.conf import settings
from django.contrib.auth import views as auth
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import entering
from apps.accounts.actions import devices, factors, signing_in
from apps.accounts.forms import ShowCode, SignIn
from apps.accounts.visitors import trusted_secrets

from . import codes


class Door(auth.LoginView):
    """Email and password: the first factor."""

    template_name = "accounts/login.html"
    authentication_form = SignIn
    redirect_authenticated_user = True

    def get_context_data(self, **more):
        return super().get_context_data(chains=settings.WALLET_CHAINS, **more)

    def form_valid(self, form):
        return go_on(self.request, form.get_user(), "pwd", self.get_success_url())


sign_in = Door.as_view()


def go_on(request, user, shown: str, next_page: str):
    """After a first factor, `shown` as `amr` has it: in, or to the second one. On a device that the person trusts the
    second is not asked for."""
    now, answer = timezone.now(), HttpResponseRedirect(next_page)
    device = devices.find(user, trusted_secrets(request), now=now) if factors.methods_of(user) else None
    step = None if device else signing_in.await_second_factor(user=user, amr=[shown], now=now)
    if step is None:
        entering.enter(request, answer, user, amr=[shown, *(["device"] if device else [])], device=device)
        return answer
    entering.wait_at_door(request, step.pending, next_page)
    return redirect("accounts:enrol" if step.enrol_required else "accounts:mfa")


@require_POST
@csrf_protect
def sign_out(request):
    entering.leave(request)
    return redirect("accounts:login")


@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def second_factor(request):
    """The code of the authenticator, a passkey, or a recovery code; who is not on the way in starts again."""
    now = timezone.now()
    found = entering.waiting(request, now=now)
    if found is None:
        return redirect("accounts:login")
    pending, next_page = found
    form = ShowCode(request.POST or None, initial={"method": request.GET.get("method", "totp")})
    if request.method == "POST" and form.is_valid():
        device = codes.tried(
            form, lambda **code: signing_in.show_second_factor(pending=pending, now=now, **code), pending
        )
        if device:
            answer = HttpResponseRedirect(next_page)
            amr = [*pending.amr, factors.AMR[device.method]]
            entering.enter(request, answer, pending.user, amr=amr, device=device)
            if form.cleaned_data["trust"]:
                entering.trust(request, answer, pending.user)
            return answer
    shown = codes.context_of(form, factors.methods_of(pending.user))
    shown |= {"email": pending.user.email, "may_trust": devices.may_trust(pending.user)}
    shown["by_wallet"] = "wallet" in pending.amr
    return render(request, "accounts/mfa.html", shown)


@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def enrol(request):
    """An authenticator is taken into use before the first page is seen: there is no way around."""
    now = timezone.now()
    found = entering.waiting(request, now=now)
    if found is None:
        return redirect("accounts:login")
    pending, next_page = found
    if factors.methods_of(pending.user):
        return redirect("accounts:mfa")
    form = ShowCode(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = codes.tried(form, lambda code, **_: signing_in.enrol(pending=pending, code=code, now=now), pending)
        if made:
            answer = render(request, "accounts/codes.html", {"codes": made, "next": next_page})
            device = factors.device_of(pending.user, "totp")
            entering.enter(request, answer, pending.user, amr=[*pending.amr, "otp"], device=device)
            return answer
    shown = codes.context_of(form) | codes.offered(pending.user) | {"by_wallet": "wallet" in pending.amr}
    return render(request, "accounts/enrol.html", shown)
