"""The organization's licences: which hold, which end soon, which have ended."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import rules
from apps.accounts.actions import licenses
from apps.accounts.models import License
from apps.accounts.shapes import LicenseForm, tell
from apps.core.errors import Refused

from .guards import members, who_may

keeps = who_may("accounts.manage_licenses")


@require_safe
@members
def overview(request):
    """Those that end first stand first; what ended is kept below, for orders were shipped under it."""
    rows = License.objects.filter(organization=request.organization).select_related("location").expiring_first()
    told = [_told(license) for license in rows]
    held = [row for row in told if not row["ended"]]
    context = {"held": held, "ended": [row for row in told if row["ended"]][::-1]}
    keeps = rules.may("accounts.manage_licenses", request.membership)
    return render(request, "accounts/settings/licenses.html", context | {"keeps": keeps, "here": "licenses"})


@require_http_methods(["GET", "POST"])
@keeps
def add(request):
    return _written(request, LicenseForm(request.organization, request.POST or None))


@require_http_methods(["GET", "POST"])
@keeps
def change(request, pk):
    row = get_object_or_404(License, pk=pk, organization=request.organization)
    return _written(request, LicenseForm(request.organization, request.POST or None, instance=row))


@require_POST
@keeps
def remove(request, pk):
    row = get_object_or_404(License, pk=pk, organization=request.organization)
    licenses.remove_license(license=row, by=request.user)
    messages.success(request, _("Licence %(number)s is taken out of the registry.") % {"number": row.number})
    return redirect("settings:licenses")


def _written(request, form):
    if request.method == "POST" and form.is_valid():
        try:
            row = licenses.save_license(license=form.instance, by=request.user)
        except Refused as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("Licence %(number)s is in the registry.") % {"number": row.number})
            return redirect("settings:licenses")
    kept = form.instance if not form.instance._state.adding else None
    return render(request, "accounts/settings/license.html", {"form": form, "license": kept, "here": "licenses"})


def _told(license: License) -> dict:
    """How it stands today, by the calendar of its site. `tone` is a badge's."""
    today = rules.local_date(license.location.zone, timezone.now())
    left, begun = (license.valid_until_date - today).days, license.valid_from_date <= today
    if license.status != rules.LicenseStatus.ACTIVE or left < 0:
        tone = "bad"
    elif begun:
        tone = "warn" if rules.warning_due(left) else "ok"
    else:
        tone = ""
    return {"license": license, "left": left, "ended": left < 0, "tone": tone}
