"""The two choices a person keeps: the organization they act for, and their colours."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseBadRequest
from django.shortcuts import redirect, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.accounts.forms import ChooseOrganization, ChooseTheme
from apps.accounts.models import Membership

YEAR = 365 * 86_400


@require_POST
@login_required
def choose_organization(request):
    """Act for another organization one is a member of; anybody else's is not there."""
    form = ChooseOrganization(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    chosen = form.cleaned_data["organization"]
    if not Membership.objects.filter(user=request.user, organization_id=chosen).exists():
        raise Http404
    request.session["organization"] = str(chosen)
    return _back(request, form)


@require_POST
def choose_theme(request):
    """Kept with the person, and as a cookie so that the pages before signing in have it too."""
    form = ChooseTheme(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    theme = form.cleaned_data["theme"]
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    answer = _back(request, form)
    if theme:
        answer.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


def _back(request, form):
    """To the page one came from, when it is one of ours."""
    wanted = form.cleaned_data["next"]
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if ours else resolve_url("home"))
