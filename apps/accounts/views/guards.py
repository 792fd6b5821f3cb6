"""Who gets past the doors of the settings: members who may, and for dangerous acts those who showed it lately."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from apps.accounts import entering, rules


def members(view):
    """Members of the organization the request works for."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.membership is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(never_cache(guarded))


def who_may(permission: str, *, fresh: bool = False):
    """Members with that permission. `fresh`: who they are was shown within ten minutes, or is shown now."""

    def wrap(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not rules.may(permission, request.membership):
                raise PermissionDenied
            if fresh and not entering.is_fresh(request, now=timezone.now()):
                return redirect(f"{reverse('accounts:again')}?next={request.path}")
            return view(request, *args, **kwargs)

        return login_required(never_cache(guarded))

    return wrap
