"""The review page: one match that waits, its candidates, and what each answer would do; the next one loads by itself.

Everything is a link or a form, so it works without a script; static/js/review.js only presses them by key.
"""

from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from apps.accounts.models import Location
from apps.catalog import actions
from apps.catalog.models import MatchDecision, Product, ProductLink
from apps.catalog.models.standing import Standing, standing, with_runs
from apps.catalog.review import next_of, previous_of, queue, review
from apps.core.errors import Refused
from apps.core.scope import scope

UNDO, MOST_UNDONE, SHOWN = "match_decisions", 20, 8
STAYS = {"reject"}


class ReviewPages:
    """The review's doors, for the links' admin."""

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("review/", site(self.review_first), name="catalog_productlink_review"),
            path("review/undo/", site(self.review_undo), name="catalog_productlink_undo"),
            path("review/<int:pk>/", site(self.review_one), name="catalog_productlink_review_one"),
            path("review/<int:pk>/<str:verb>/", site(self.review_decide), name="catalog_productlink_decide"),
            *super().get_urls(),
        ]

    def review_first(self, request):
        first = next_of(self._links(request), None)
        return _shown(self, request, first) if first else _empty(self, request)

    def review_one(self, request, pk: int):
        return _shown(self, request, get_object_or_404(self._links(request), pk=pk))

    def review_decide(self, request, pk: int, verb: str):
        link = self._asked(request, pk)
        try:
            with _in_scope_of(request, link):
                decision = _decide(request, link, verb)
        except Refused as refusal:
            messages.error(request, refusal.detail)
            return HttpResponseRedirect(_address(link, q=request.POST.get("q", "")))
        request.session[UNDO] = [*request.session.get(UNDO, []), decision.pk][-MOST_UNDONE:]
        return HttpResponseRedirect(_address(link if verb in STAYS else next_of(self._links(request), link)))

    def review_undo(self, request):
        """Takes back the last decision of this session."""
        decision = _last(self._links(request), request)
        if decision is None:
            messages.error(request, _("There is nothing left to undo from this session."))
            return HttpResponseRedirect(_address(None))
        link = self._asked(request, decision.link_id)
        try:
            with _in_scope_of(request, link):
                actions.undo(link=link, by=request.user, decision=decision.pk)
            messages.success(request, _("Undone: “%(name)s” is as it was before.") % {"name": link.source_name})
        except Refused as refusal:
            messages.error(request, refusal.detail)
        request.session[UNDO] = [pk for pk in request.session.get(UNDO, []) if pk != decision.pk]
        return HttpResponseRedirect(_address(link))

    def _links(self, request):
        """Those of the own organization; of all for the platform's own people."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_queryset(request)

    def _asked(self, request, pk: int) -> ProductLink:
        if request.method != "POST":
            raise Http404
        if not request.user.has_perm("catalog.change_productlink"):
            raise PermissionDenied
        return get_object_or_404(self._links(request), pk=pk)


@contextmanager
def _in_scope_of(request, link: ProductLink):
    """A decision stands in the link's own organization, whoever makes it."""
    with scope(link.organization_id, user=request.user.pk):
        yield


def _decide(request, link: ProductLink, verb: str) -> MatchDecision:
    words = {"link": link, "by": request.user}
    if verb in ("link", "reject"):
        product = _product(request.POST.get("product", ""), link)
        return getattr(actions, verb)(**words, product=product)
    if verb == "new":
        return actions.make_new(**words)
    if verb == "skip":
        return actions.skip(**words)
    raise Http404


def _product(pk: str, link: ProductLink) -> Product:
    try:
        return get_object_or_404(Product.objects.filter(organization=link.organization_id), pk=pk)
    except ValidationError:
        raise Http404 from None


def _shown(pages: ReviewPages, request, link: ProductLink) -> TemplateResponse:
    links, q = pages._links(request), request.GET.get("q", "")
    told = review(link, q=q)
    waits, may = link.state == ProductLink.State.REVIEW, request.user.has_perm("catalog.change_productlink")
    return _page(
        pages,
        request,
        review=told,
        queue=queue(links, link if waits else None),
        waiting=links.queued()[:SHOWN],
        standing=_standing(told.packages),
        picked=_picked(told, request.GET.get("pick", "")) if waits else None,
        next=next_of(links, link),
        previous=previous_of(links, link),
        q=q,
        may_decide=waits and may,
        last=_last(links, request),
    )


def _standing(packages) -> Standing | None:
    """How far what Dutchie says may be trusted, where the match has a package at all."""
    if not packages:
        return None
    return standing(with_runs(Location.objects.filter(pk=packages[0].location_id)).get(), timezone.now())


def _empty(pages: ReviewPages, request) -> TemplateResponse:
    links = pages._links(request)
    return _page(pages, request, review=None, queue=queue(links, None), last=_last(links, request))


def _page(pages: ReviewPages, request, **told) -> TemplateResponse:
    context = pages.admin_site.each_context(request) | {"title": _("Match review"), "opts": ProductLink._meta} | told
    return TemplateResponse(request, "admin/catalog/productlink/review.html", context)


def _picked(told, pick: str):
    """The candidate asked for, else the first that nothing forbids."""
    shown = [*told.candidates, *told.found]
    asked = next((one for one in shown if str(one.product.pk) == pick), None)
    return asked or next((one for one in told.candidates if not one.veto), None)


def _last(links, request) -> MatchDecision | None:
    """What `u` would undo: the last decision of this session that stands."""
    made = request.session.get(UNDO, [])
    if not made:
        return None
    standing = MatchDecision.objects.standing().filter(pk__in=made, link__in=links.all(), by=str(request.user)[:200])
    return standing.select_related("link", "product").first()


def _address(link: ProductLink | None, **query: str) -> str:
    if link is None:
        return reverse("admin:catalog_productlink_review")
    asked = urlencode({name: value for name, value in query.items() if value})
    return reverse("admin:catalog_productlink_review_one", args=[link.pk]) + (f"?{asked}" if asked else "")
