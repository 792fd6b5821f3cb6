"""The METRC desk's pages: the list with one report beside it, its verbs, the bulk with its dry run, outage mode."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.compliance import actions, desk, metrics, rules
from apps.compliance.models import Facility, MaintenanceWindow, Report
from apps.core.errors import Refused
from apps.core.scope import scope

from .rights import OUTAGE, REDRIVE, may_here, needs

VERBS = {"redrive", "look", "edit", "adopt", "give_up", "cancel"}
SHOWN = 100


class DeskPages:
    """The desk's doors, for the reports' admin."""

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("desk/", site(self.desk), name="compliance_report_desk"),
            path("desk/outage/<str:verb>/", site(self.outage), name="compliance_report_outage"),
            path("desk/redrive/", site(self.bulk), name="compliance_report_bulk"),
            path("desk/<int:pk>/", site(self.desk), name="compliance_report_desk_one"),
            path("desk/<int:pk>/<str:verb>/", site(self.act), name="compliance_report_verb"),
            *super().get_urls(),
        ]

    def desk(self, request, pk: int | None = None):
        reports, now = self._reports(request), timezone.now()
        asked = _asked(request)
        rows = list(desk.listed(reports, **asked)[:SHOWN])
        picked = get_object_or_404(reports, pk=pk) if pk else next(iter(rows), None)
        return _page(
            self,
            request,
            rows=[_listed(row, now) for row in rows],
            told=_told(picked, now) if picked else None,
            picked=pk is not None,
            tiles=desk.tiles(reports, now),
            roads=metrics.roads(_facilities(request), now),
            confirmed=[(row, desk.about(row)) for row in _confirmed(reports, now)],
            window=MaintenanceWindow.now_open(set(_facilities(request).values_list("state", flat=True))),
            outage=actions.outage_of(request.organization) if request.organization else None,
            may_outage=bool(request.organization) and may_here(request, OUTAGE, request.organization.pk),
            may_act=bool(picked) and may_here(request, REDRIVE, picked.organization_id),
            asked=asked,
            query=urlencode({name: value for name, value in asked.items() if value}),
            choices=_choices(request),
        )

    def act(self, request, pk: int, verb: str):
        report = get_object_or_404(self._reports(request), pk=pk)
        if request.method != "POST" or verb not in VERBS:
            raise Http404
        try:
            needs(request, REDRIVE, report.organization_id)
            with scope(report.organization_id, user=request.user.pk):
                after = _done(request, report, verb)
            messages.success(request, _("%(report)s: %(state)s.") % _words(after))
        except Refused as refusal:
            messages.error(request, refusal.detail)
            after = report
        return HttpResponseRedirect(reverse("admin:compliance_report_desk_one", args=[after.pk]))

    def bulk(self, request):
        """What a re-drive of a class would take, and, by POST, doing it."""
        if not (request.organization and self.has_view_permission(request)):
            raise PermissionDenied
        allowed = may_here(request, REDRIVE, request.organization.pk)
        asked = _asked(request)
        waiting = desk.listed(self._reports(request), **(asked | {"group": asked["group"] or "person"}))
        takes = actions.redrivable(waiting[:SHOWN])
        if request.method == "POST" and allowed:
            with scope(request.organization, user=request.user.pk):
                done = actions.redrive_all(reports=takes, by=request.user)
            messages.success(request, _("%(n)s reports go back to work, two seconds apart.") % {"n": len(done)})
            return HttpResponseRedirect(reverse("admin:compliance_report_desk"))
        left = [row for row in waiting[:SHOWN] if row not in takes]
        context = {
            "takes": takes,
            "left": left,
            "allowed": allowed,
            "title": _("Re-drive a class"),
            "query": urlencode(asked),
        }
        return TemplateResponse(request, "admin/compliance/report/bulk.html", _context(self, request) | context)

    def outage(self, request, verb: str):
        if request.method != "POST" or verb not in ("begin", "end") or not request.organization:
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        now = timezone.now()
        common = {"organization": request.organization, "by": request.user, "now": now}
        try:
            needs(request, OUTAGE, request.organization.pk)
            if verb == "begin":
                hours = timedelta(hours=_hours(request.POST.get("hours", "")))
                actions.begin_outage(**common, reason=request.POST.get("reason", ""), until_at=now + hours)
                messages.success(request, _("Outage mode is on: goods may leave on our manifest, with a reason."))
            else:
                actions.end_outage(**common)
                messages.success(request, _("Outage mode is off: a manifest number is needed again."))
        except Refused as refusal:
            messages.error(request, refusal.detail)
        return HttpResponseRedirect(reverse("admin:compliance_report_desk"))

    def _reports(self, request):
        """Those of the own organization; of all for the platform's own people."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_queryset(request).select_related("facility__location", "facility__organization")


def _done(request, report: Report, verb: str) -> Report:
    said, words = request.POST, {"report": report, "by": request.user}
    if verb == "edit":
        return actions.edit(**words, changes={name: said.get(name, "") for name in ("delta", "unit", "reason", "note")})
    if verb == "adopt":
        return actions.adopt(**words, manifest_number=said.get("manifest_number", ""))
    if verb == "cancel":
        return actions.cancel(**words, why=said.get("why", ""))
    if verb == "give_up":
        return actions.give_up(**words, why=said.get("why", ""))
    return actions.look_again(**words) if verb == "look" else actions.redrive(**words)


def _words(report: Report) -> dict:
    return {"report": report.number, "state": report.get_state_display()}


def _confirmed(reports, now):
    hour = now - timedelta(hours=1)
    return reports.filter(state=rules.State.CONFIRMED, closed_at__gte=hour).order_by("-closed_at")[:8]


def _listed(report: Report, now) -> dict:
    before = desk.blocked_by(report)
    told = {"standing": desk.standing(report, before, now), "left": desk.left(report, now)}
    told |= {"about": desk.about(report)}
    return {"report": report, "before": before} | told


def _told(report: Report, now) -> dict:
    before = desk.blocked_by(report)
    return {
        "about": desk.about(report),
        "standing": desk.standing(report, None, now),
        "report": report,
        "beside": desk.beside(report),
        "steps": desk.steps(report),
        "verbs": desk.verbs(report),
        "blocked_by": before,
        "blocks": desk.blocks(report),
        "why": report.evidence.get("why", "") or report.last_error,
        "transfer": desk.transfer_of(report),
    }


def _asked(request) -> dict[str, str]:
    said = request.GET if request.method == "GET" else request.POST
    return {name: said.get(name, "") for name in ("group", "kind", "license", "sort")}


def _choices(request) -> dict:
    groups = {
        "open": _("Open"),
        "person": _("Need a person"),
        "rejected": _("Refused"),
        "unclear": _("Unclear"),
        "assist": _("By hand"),
        "held": _("Held"),
        "unknown": _("Words to classify"),
    }
    licences = _facilities(request).values_list("number", flat=True)
    sorts = {"oldest": _("Oldest first"), "deadline": _("Deadline"), "newest": _("Newest first")}
    return {"groups": groups, "kinds": dict(rules.Kind.choices), "licenses": list(licences), "sorts": sorts}


def _facilities(request):
    return Facility.objects.reported()


def _hours(text: str) -> int:
    return min(int(text), 72) if text.isdecimal() and int(text) else 4


def _context(pages: DeskPages, request) -> dict:
    return pages.admin_site.each_context(request) | {"opts": Report._meta}


def _page(pages: DeskPages, request, **told) -> TemplateResponse:
    context = _context(pages, request) | {"title": _("METRC desk")} | told
    return TemplateResponse(request, "admin/compliance/report/desk.html", context)
