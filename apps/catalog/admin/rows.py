"""What staff do with rows set aside: ignore one with a reason, take that back, have its store read again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext as _

from apps.catalog import actions
from apps.catalog.models import QuarantinedRow
from apps.core.errors import Refused
from apps.core.scope import scope


class RowVerbs:
    """`<row>/ignore/`, `<row>/reopen/` and `<row>/replay/`, by POST, for the quarantine's admin."""

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/<str:verb>/verb/", site(self.act), name="catalog_quarantinedrow_verb"),
            *super().get_urls(),
        ]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may = {"may_act": request.user.has_perm("catalog.change_quarantinedrow")}
        return super().change_view(request, object_id, form_url, may | (extra_context or {}))

    def act(self, request, pk: int, verb: str):
        if request.method != "POST" or not request.user.has_perm("catalog.change_quarantinedrow"):
            raise Http404
        row = get_object_or_404(self.get_queryset(request).select_related("location"), pk=pk)
        try:
            with scope(row.organization_id, user=request.user.pk):
                messages.success(request, _done(request, row, verb))
        except Refused as refusal:
            messages.error(request, refusal.detail)
        return redirect("admin:catalog_quarantinedrow_change", row.pk)


def _done(request, row: QuarantinedRow, verb: str) -> str:
    """What was done, in words."""
    if verb == "ignore":
        actions.ignore(row=row, by=request.user, reason=request.POST.get("reason", ""))
        return _("Row %(n)s is ignored. It stays aside and counts toward no budget.") % {"n": row.position}
    if verb == "reopen":
        actions.reopen(row=row, by=request.user)
        return _("Row %(n)s is open again.") % {"n": row.position}
    if verb == "replay":
        asked = actions.replay(location=row.location, rows=[row], by=request.user)
        return replayed(asked, row.location.name)
    raise Http404


def replayed(asked, place: str) -> str:
    if asked.joined:
        return _("%(place)s is being read, or was within the last minute; that run decides.") % {"place": place}
    return _("%(place)s will be read again in a moment; what reads well now is applied.") % {"place": place}
