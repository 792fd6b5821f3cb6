"""Held snapshots on a run's page: what applying one would do, releasing, discarding; and replaying its bad rows."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from apps.accounts.models import Location
from apps.catalog import actions
from apps.catalog.actions.held import MAY_RELEASE
from apps.catalog.models import HeldSnapshot
from apps.catalog.models.standing import LATE
from apps.core.errors import Refused
from apps.core.models import RunState, SyncRun
from apps.core.scope import scope

from .rows import replayed


class HeldPages:
    """`<run>/held/` to compare, `<run>/release/`, `<run>/discard/` and `<run>/replay/` by POST, for the runs' admin."""

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("<int:pk>/held/", site(self.compare), name="core_syncrun_held"),
            path("<int:pk>/<str:verb>/verb/", site(self.act), name="core_syncrun_verb"),
            *super().get_urls(),
        ]

    def held_of(self, request, run: SyncRun) -> dict:
        """What the run's page says of a held snapshot: its own, or the one before it that still waits."""
        held = _held(run)
        kept = HeldSnapshot.objects.filter(run=held).first() if held else None
        newest = SyncRun.objects.of(run.location_id).filter(kind=run.kind).newest_first().first()
        return {"held": held, "snapshot": kept, "limit": 0 if newest.state == RunState.HELD else LATE.seconds // 60}

    def compare(self, request, pk: int):
        run = self._run(request, pk)
        kept = get_object_or_404(HeldSnapshot.objects.select_related("location"), run=run)
        context = self.admin_site.each_context(request) | {
            "title": _("Held snapshot of run %(n)s") % {"n": run.pk},
            "opts": SyncRun._meta,
            "run": run,
            "snapshot": kept,
            "waits": kept.state == HeldSnapshot.State.OPEN,
            "may_release": request.user.has_perm(MAY_RELEASE),
            "may_sync": self.may_sync(request),
            "reason": request.GET.get("reason", ""),
        }
        return TemplateResponse(request, "admin/core/syncrun/held.html", context)

    def act(self, request, pk: int, verb: str):
        run = self._run(request, pk)
        if request.method != "POST" or not self.may_sync(request):
            raise Http404
        try:
            with scope(run.organization_id, user=request.user.pk):
                messages.success(request, _done(request, run, verb))
        except Refused as refusal:
            messages.error(request, refusal.detail)
            if verb == "release":
                return redirect("admin:core_syncrun_held", run.pk)
        return redirect("admin:core_syncrun_change", run.pk)

    def _run(self, request, pk: int) -> SyncRun:
        run = self.get_object(request, str(pk))
        if run is None or not self.has_view_permission(request, run):
            raise Http404
        return run


def _done(request, run: SyncRun, verb: str) -> str:
    """What was done, in words."""
    if verb == "release":
        kept = actions.release(run=run, by=request.user, reason=request.POST.get("reason", ""))
        return _("Released: %(place)s is read again in a moment, and an answer like this one is applied.") % {
            "place": kept.location.name
        }
    if verb == "discard":
        actions.discard(run=run, by=request.user, reason=request.POST.get("reason", ""))
        return _("Discarded: nothing of run %(n)s is applied. The next run reads the store anew.") % {"n": run.pk}
    if verb == "replay":
        place = get_object_or_404(Location, pk=run.location_id)
        rows = list(run.quarantined.defer("raw").filter(state="open"))
        return replayed(actions.replay(location=place, rows=rows, by=request.user), place.name)
    raise Http404


def _held(run: SyncRun) -> SyncRun | None:
    """This run when it is held, else the one before it when that one is."""
    if run.state == RunState.HELD:
        return run
    before = SyncRun.objects.of(run.location_id).filter(kind=run.kind, pk__lt=run.pk).newest_first().first()
    return before if before and before.state == RunState.HELD else None
