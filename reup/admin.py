"""The back office's site: who may enter, and its home page of queues against their targets."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from . import work


class Site(admin.AdminSite):
    """Django's admin in our colours. Members of staff see their own organization, a platform superuser all, audited."""

    site_header = site_title = _("ReUp back office")
    index_title = _("Work")
    empty_value_display = "—"

    def has_permission(self, request):
        """Behind a second factor shown in this session, whatever the role."""
        return super().has_permission(request) and request.user.is_verified()

    def each_context(self, request):
        context = super().each_context(request)
        if self.has_permission(request):
            context["queues"] = work.queues()
        return context

    def login(self, request, extra_context=None):
        """The portal's sign-in is the only one. Who is signed in and may not enter is told so, not asked again."""
        wanted = request.GET.get("next") or reverse("admin:index")
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(wanted)

    def password_change(self, request, extra_context=None):
        """The portal's own page: it asks who one is, counts tries, and ends all other sessions."""
        return redirect("accounts:password")

    def password_change_done(self, request, extra_context=None):
        return redirect("accounts:security")

    def index(self, request, extra_context=None):
        board = {"work": work.queues(), "stores": work.stores(), "decisions": work.decisions()}
        return super().index(request, board | (extra_context or {}))
