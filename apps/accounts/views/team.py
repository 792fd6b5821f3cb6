"""The organization's people: who they are, what they may, who is invited."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.actions import invitations, team
from apps.accounts.models import ApiKey, Invitation, Location, Membership
from apps.accounts.shapes import InviteForm, LimitForm, MemberForm, tell
from apps.core.errors import Refused

from .guards import who_may

PERMISSION = "accounts.manage_people"
manages = who_may(PERMISSION)
manages_fresh = who_may(PERMISSION, fresh=True)


@require_safe
@manages
def overview(request):
    now, own = timezone.now(), {"organization": request.organization}
    people = Membership.objects.filter(**own).select_related("user", "organization").order_by("user__email")
    waiting = Invitation.objects.filter(**own).waiting().select_related("organization", "invited_by")
    sites = dict(Location.objects.filter(**own).values_list("pk", "name"))
    return render(
        request,
        "accounts/settings/team.html",
        {
            "members": [(member, _places(member.locations, sites)) for member in people],
            "waiting": [(row, _places(row.locations, sites), row.expires_at <= now) for row in waiting],
            "here": "team",
        },
    )


@require_http_methods(["GET", "POST"])
@manages_fresh
def invite(request):
    form = InviteForm(request.organization, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = invitations.invite(
                organization=request.organization, by=request.user, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(
                request, _("A letter goes to %(email)s. Its link is good for seven days.") % {"email": row.email}
            )
            return redirect("settings:team")
    return render(request, "accounts/settings/invite.html", {"form": form, "here": "team"})


@require_http_methods(["GET", "POST"])
@manages_fresh
def member(request, pk):
    """Other roles, or other locations; they hold from the person's next request on."""
    row = _member(request, pk)
    first = {"roles": row.roles, "locations": [str(one) for one in row.locations]}
    form = MemberForm(request.organization, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            team.change_member(member=row, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("%(name)s has the new roles from now on.") % {"name": row.user.get_full_name()})
            return redirect("settings:team")
    return render(request, "accounts/settings/member.html", {"form": form, "member": row, "here": "team"})


@require_http_methods(["GET", "POST"])
@manages_fresh
def remove(request, pk):
    """Effects first, then the act."""
    row, refused = _member(request, pk), ""
    if request.method == "POST":
        try:
            team.remove_member(member=row, by=request.user, now=timezone.now())
        except Refused as refusal:
            refused = refusal.detail
        else:
            messages.success(request, _("%(name)s is no longer a member.") % {"name": row.user.get_full_name()})
            return redirect("settings:team" if row.user_id != request.user.pk else "home")
    keys = ApiKey.objects.filter(organization=request.organization, made_by=row.user_id).alive(timezone.now()).count()
    context = {"member": row, "keys": keys, "refused": refused, "here": "team"}
    return render(request, "accounts/settings/remove_member.html", context, status=409 if refused else 200)


@require_http_methods(["GET", "POST"])
@manages_fresh
def limit(request):
    """From what sum on an order asks its buyer to confirm that it is them."""
    form = LimitForm(request.POST or None, initial={"limit": request.organization.confirm_above})
    if request.method == "POST" and form.is_valid():
        team.set_limit(organization=request.organization, limit=form.cleaned_data["limit"], by=request.user)
        messages.success(request, _("The limit holds from now on."))
        return redirect("settings:team")
    usual = settings.ORDER_CONFIRM_ABOVE
    return render(request, "accounts/settings/limit.html", {"form": form, "usual": usual, "here": "team"})


@require_POST
@manages
def resend(request, pk):
    row = _waiting(request, pk)
    try:
        invitations.resend(invitation=row, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(
            request, _("Another letter goes to %(email)s; the link before it is dead.") % {"email": row.email}
        )
    return redirect("settings:team")


@require_POST
@manages
def withdraw(request, pk):
    row = _waiting(request, pk)
    invitations.withdraw(invitation=row, by=request.user, now=timezone.now())
    messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": row.email})
    return redirect("settings:team")


def _member(request, pk) -> Membership:
    own = Membership.objects.select_related("user", "organization").filter(organization=request.organization)
    return get_object_or_404(own, pk=pk)


def _waiting(request, pk) -> Invitation:
    own = Invitation.objects.waiting().select_related("organization").filter(organization=request.organization)
    return get_object_or_404(own, pk=pk)


def _places(locations: list, sites: dict) -> str:
    return ", ".join(sorted(sites[one] for one in locations if one in sites))
