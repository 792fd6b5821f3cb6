"""A forgotten password, in pages: ask for a link, follow it, write a new one. Nobody is signed in by it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from apps.accounts.actions import resetting
from apps.accounts.forms import AskForReset, ChangePassword
from apps.accounts.visitors import facts_of
from apps.core.errors import Refused


@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])
def forgotten(request):
    """The answer is the same whoever the email is, or isn't."""
    form = AskForReset(request.POST or None)
    if request.method == "POST" and form.is_valid() and _asked(request, form):
        return render(request, "accounts/reset_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "accounts/forgotten.html", {"form": form})


@sensitive_post_parameters()
@sensitive_variables("token")
@csrf_protect
@never_cache
@require_http_methods(["GET", "POST"])
def reset(request, pk, token):
    """The link of a letter: a new password, once."""
    try:
        form = ChangePassword(resetting.find(pk, token), request.POST or None)
        if request.method == "POST" and form.is_valid():
            new = form.cleaned_data["new_password1"]
            resetting.set_password(user_id=pk, token=token, password=new, now=timezone.now())
            messages.success(request, _("The password is set. Sign in with it."))
            return redirect("accounts:login")
    except resetting.LinkOver as refusal:
        return render(request, "accounts/link_over.html", status=refusal.status)
    return render(request, "accounts/password.html", {"form": form, "anew": True})


def _asked(request, form) -> bool:
    try:
        resetting.ask(email=form.cleaned_data["email"], request_facts=facts_of(request), now=timezone.now())
    except Refused as refusal:
        form.add_error("email", refusal.detail)
        return False
    return True
