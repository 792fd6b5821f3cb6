"""The link of an invitation's letter: who has an account joins, who has none makes one first."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import entering
from apps.accounts.actions import invitations, signing_in
from apps.accounts.actions.invitations import NoInvitation
from apps.accounts.shapes import JoinForm, tell
from apps.core.errors import Refused


@sensitive_post_parameters()
@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def invitation(request, pk, token):
    """What is shown depends on who is here: the invited person, somebody else, or nobody yet."""
    link = {"invitation_id": pk, "token": token}
    try:
        found = invitations.find(**link, now=timezone.now())
        if request.user.is_authenticated:
            return _as_oneself(request, found, link)
        return _sign_in_first(request, found) if invitations.has_account(found) else _as_new(request, found, link)
    except NoInvitation:
        return render(request, "accounts/invitation_gone.html", status=404)


def _as_oneself(request, found, link):
    is_theirs = request.user.email == found.email
    if request.method == "POST" and is_theirs:
        member = invitations.accept(**link, user=request.user, now=timezone.now())
        request.session["organization"] = str(member.organization_id)
        return redirect("home")
    status = 409 if request.method == "POST" else 200
    return render(request, "accounts/invitation.html", {"invitation": found, "is_theirs": is_theirs}, status=status)


def _sign_in_first(request, found):
    return render(request, "accounts/invitation.html", {"invitation": found, "next": request.path})


def _as_new(request, found, link):
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            person = invitations.accept_as_new(
                **link, name=form.cleaned_data["name"], password=form.cleaned_data["password"], now=now
            )
        except NoInvitation:
            raise
        except Refused as refusal:
            tell(form, refusal)
        else:
            return _let_in(request, person, now)
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})


def _let_in(request, person, now):
    """The letter proved the address, the password is theirs: as after the first factor of signing in."""
    step = signing_in.await_second_factor(user=person, amr=["pwd"], now=now)
    if step is None:
        answer = HttpResponseRedirect(resolve_url("home"))
        entering.enter(request, answer, person, amr=["pwd"])
        return answer
    entering.wait_at_door(request, step.pending, resolve_url("home"))
    return redirect("accounts:enrol")
