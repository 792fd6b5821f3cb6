"""Devices that aren't asked for the second factor: forget one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.actions import devices


@require_POST
@login_required
def forget(request, pk):
    if not devices.forget(request.user, pk):
        raise Http404
    messages.success(request, _("That device is asked for the second factor again."))
    return redirect("accounts:security")
