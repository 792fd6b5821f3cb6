"""Orders in the back office: a list, the board, and each order's desk with what can be done and why the rest can't."""

from datetime import timedelta
from functools import partial
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.catalog.actions import reserving
from apps.compliance import actions as compliance
from apps.compliance import desk
from apps.compliance.models import Driver, Vehicle
from apps.core.backoffice import NeedsWork, ReadOnly, moment, state_badge
from apps.core.errors import Refused
from apps.core.look.text import money
from apps.core.look.text import quantity as plain
from apps.core.scope import current
from apps.orders import actions, documents, rules
from apps.orders.actions import actor_of, choices, parts, proposing, shortfalls
from apps.orders.actions.effects import of_cancelling
from apps.orders.actions.slots import ends_of, slots_for
from apps.orders.actions.weighing import weigh
from apps.orders.models import Order, OrderLine, Proposal, Shortfall, TrackingEvent, finding
from apps.orders.rules.story import happened

from . import asked, board
from .making import MAKE, make

FIRST = [
    "propose",
    "accept",
    "prepare",
    "manifest",
    "ship",
    "deliver",
    "claim",
]  # the button that is wanted next stands out


class OrderState(NeedsWork):
    choices_of = [(state.value, state.label) for state in rules.State]
    first = "PENDING"


@admin.register(Order)
class OrderAdmin(ReadOnly):
    """One's own sales; for the platform's own people all. Drafts of retailers are theirs alone."""

    change_list_template = "admin/orders/order/change_list.html"
    list_display = ["number", "badge", "buyer_name", "amount", "waiting_since", "flags"]
    list_filter = [OrderState]
    search_fields = ["number", "buyer_name", "po_number", "lines__sku"]
    ordering = ["moved_at"]
    badge = state_badge("order")
    waiting_since = moment("moved_at", gettext_lazy("Since"))

    @admin.display(description=gettext_lazy("Total"), ordering="total")
    def amount(self, order) -> str:
        return money(order.total, order.currency)

    @admin.display(description=gettext_lazy("Marks"))
    def flags(self, order) -> str:
        return ", ".join(marks(order)) or "—"

    def get_queryset(self, request):
        mine = current().organization
        found = Order.objects.filter(deleted_at=None)
        if mine and not request.user.is_superuser:
            found = found.filter(seller=mine)
        return found.exclude(Q(state=rules.State.DRAFT) & ~Q(drafted_by=rules.SELLER))

    def get_urls(self):
        site = self.admin_site.admin_view
        return [
            path("board/", site(self.board), name="orders_order_board"),
            path("accept/", site(self.accept), name="orders_order_accept"),
            path("make/", site(partial(make, self)), name="orders_order_make"),
            path("<uuid:pk>/lines/", site(partial(make, self)), name="orders_order_lines"),
            path("shortfalls/", site(self.shortfalls), name="orders_order_shortfalls"),
            path("reconcile/", site(self.reconcile), name="orders_order_reconcile"),
            path("<uuid:pk>/pick-list.pdf", site(self.pick_list), name="orders_order_pick_list"),
            path("<uuid:pk>/<str:verb>/move/", site(self.move), name="orders_order_move"),
            *super().get_urls(),
        ]

    def board(self, request):
        self._may_look(request)
        now = timezone.now()
        context = self._context(request, _("Orders board")) | {
            "columns": board.columns(self.get_queryset(request), now),
            "topic": f"orders.{current().organization}",
            "may_accept": actor_of(request.membership).may(("orders.decide",), _anywhere(request)),
            "may_make": actor_of(request.membership).may(MAKE, _anywhere(request)),
        }
        part = "_board" if "fragment" in request.GET else "board"
        return TemplateResponse(request, f"admin/orders/order/{part}.html", context)

    def accept(self, request):
        """Many at once: first what would come of it, then the doing."""
        self._may_look(request)
        if request.method != "POST":
            return redirect("admin:orders_order_board")
        wanted = request.POST.getlist("order")[:100]
        orders = list(self.get_queryset(request).filter(pk__in=_ids(wanted)))
        if not orders:
            messages.warning(request, _("Tick the orders to accept first."))
            return redirect("admin:orders_order_board")
        dry = "sure" not in request.POST
        found = board.accept_all(orders, actor_of(request.membership), timezone.now(), dry=dry)
        context = self._context(request, _("Accept %(n)d orders") % {"n": len(orders)}) | {
            "outcomes": found,
            "dry": dry,
        }
        return TemplateResponse(request, "admin/orders/order/accept.html", context)

    def shortfalls(self, request):
        self._may_look(request)
        rows = Shortfall.objects.filter(ended_at=None).select_related("shelf_line__product", "shelf_line__location")
        if current().organization:
            rows = rows.filter(organization=current().organization)
        told = [(row, [(claim, _less(claim)) for claim in shortfalls.claims(row)]) for row in rows[:50]]
        context = self._context(request, _("Shortfalls")) | {"shortfalls": told}
        return TemplateResponse(request, "admin/orders/order/shortfalls.html", context)

    def reconcile(self, request):
        """Do the promised quantities add up? Shown; mended by whoever may resolve shortfalls."""
        self._may_look(request)
        seller = current().organization
        if seller is None:
            raise Http404
        may = request.membership is not None and request.membership.role in LEADERS
        if request.method == "POST":
            if not may:
                raise PermissionDenied
            mended = reserving.mend(seller=seller, by=request.user)
            messages.success(request, _("%(n)d shelf lines were set right.") % {"n": len(mended)})
            return redirect("admin:orders_order_reconcile")
        context = self._context(request, _("Promised stock")) | {
            "differences": reserving.reconcile(seller=seller),
            "unseen": reserving.unseen(seller=seller, before=timezone.now() - timedelta(hours=24)),
            "may": may,
        }
        return TemplateResponse(request, "admin/orders/order/reconcile.html", context)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied  # only verbs move an order
        order = self.get_object(request, object_id)
        if order is None or not self.has_view_permission(request, order):
            raise Http404
        return self._desk(request, order)

    def pick_list(self, request, pk):
        """Which packages to take, for the seller's own people alone."""
        order = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, order):
            raise PermissionDenied
        answer = HttpResponse(documents.render("pick-list", order), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="order-{order.number}-pick-list.pdf"'
        return answer

    def move(self, request, pk, verb: str):
        order = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method != "POST" or verb not in rules.MOVES or verb == "edit":
            raise Http404
        if not self.has_view_permission(request, order):
            raise PermissionDenied
        try:
            actions.transition(
                order=order,
                action=verb,
                by=actor_of(request.membership),
                now=timezone.now(),
                version=_version(request),
                data=asked.data_of(order, verb, request.POST),
            )
        except Refused as refused:
            return self._desk(request, order, refused=refused, verb=verb, status=refused.status)
        messages.success(
            request, _("Order %(number)s: %(what)s.") % {"number": order.number, "what": rules.MOVES[verb].words}
        )
        return (
            redirect("admin:orders_order_board")
            if verb == "delete"
            else redirect("admin:orders_order_change", order.pk)
        )

    def _desk(self, request, order: Order, *, refused=None, verb="", status=200):
        """`verb` is the one that was refused: its form keeps what was typed."""
        order.refresh_from_db()
        actor, now, lines = actor_of(request.membership), timezone.now(), list(order.lines.all())
        typed, verb = request.POST or request.GET, verb or request.GET.get("open", "")
        weighed = weigh(order, _with(lines, order, typed), now)
        found = {one.action: one for one in choices(order, actor, now) if one.action != "edit"}
        first = next((name for name in FIRST if name in found and found[name].allowed), "")
        context = self._context(request, _("Order %(number)s") % {"number": order.number}) | {
            "order": order,
            "lines": lines,
            "left": weighed.left,
            "weighed": weighed,
            "outage": compliance.outage_of(order.seller_id) if order.state == rules.State.PREPARING else None,
            "may_override": actor.may(("orders.credit_override",), order),
            "events": [(event, happened(event.action)) for event in order.events.all()],
            "returns": order.returns.all(),
            "track": order.track.all(),
            "waiting": of_cancelling(order).backorders,
            "photos_count": order.photos.count(),
            "chat": order.messages.filter(Q(internal=False) | Q(organization=current().organization)),
            "picks": _picked(order) if order.state in PICKED else [],
            "papers": desk.papers_of(order.seller_id, order.number),
            "free_tags": parts.free_tags(order) if order.state == rules.State.ACCEPTED else None,
            "choices": sorted(found.values(), key=lambda one: (not one.allowed, one.action != first)),
            "first": first,
            "refused": refused,
            "verb": verb,
            "typed": typed,
            "marks": marks(order),
            "whys": asked.WHYS,
            "drivers": Driver.objects.filter(organization=order.seller_id, is_active=True),
            "vehicles": Vehicle.objects.filter(organization=order.seller_id, is_active=True),
            "kinds": TrackingEvent.Kind.choices,
            "zone": order.site_zone,
            "has_left": rules.HAS_LEFT,
            "now": now,
        }
        context |= _offered(order, lines)
        if "counter" in found and found["counter"].allowed:  # the platform's own people have no move at all
            context |= _offers(order, lines, now)
        part = "_desk" if "fragment" in request.GET else "change_form"
        return TemplateResponse(request, f"admin/orders/order/{part}.html", context, status=status)

    def _context(self, request, title: str) -> dict:
        return self.admin_site.each_context(request) | {"title": title, "opts": Order._meta, "now": timezone.now()}

    def _may_look(self, request) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied


LEADERS = ("owner", "staff")
ALIKE = 20  # substitutes named beside a counter-offer
PICKED = (rules.State.ACCEPTED, rules.State.PREPARING, rules.State.SHIPPED)


def _offered(order: Order, lines: list) -> dict:
    """The proposal that waits, with the goods that would stand for others and the order as it would be delivered."""
    proposal = order.proposals.filter(state=Proposal.State.OPEN).first()
    if proposal is None:
        return {}
    pairs = zip(lines, proposing.as_proposed(lines, proposal.lines), strict=False)
    swaps = [(line, other) for line, other in pairs if line.product_id != other.product_id]
    return {"proposal": proposal, "swaps": swaps, "moved": proposing.delivered(order, proposal)}


def _offers(order: Order, lines: list, now) -> dict:
    """What a counter-offer can name besides quantities and prices: goods alike, and deliveries still open."""
    slots = [slot for slot in slots_for(**ends_of(order), now=now) if slot.open]
    return {"substitutes": finding.alternatives(order, lines, most=ALIKE), "slots": slots}


def _picked(order: Order) -> list[tuple]:
    """Its picks, each with the new package that its part goes in, and with the report that makes that one; or None."""
    tags = parts.tags_of(order)
    found = []
    for pick in reserving.picks(seller=order.seller_id, order=order.pk):
        tag = tags.get(pick.package.tag)
        found.append((pick, tag, compliance.new_package_of(tag) if tag else None))
    return found


def _less(claim: shortfalls.Claim) -> str:
    """The desk's address with the form filled in that asks the retailer to take what there is; empty where it has
    enough, or where nothing is asked of it any more."""
    line = claim.line
    if claim.covered or not claim.way_out or line is None:
        return ""
    field = "picked" if claim.way_out == "short_pick" else "quantity"
    words = {"n": plain(claim.there), "unit": line.unit or _("units"), "m": plain(claim.quantity), "name": line.name}
    text = _("Of %(name)s only %(n)s %(unit)s of your %(m)s are there.") % words
    told = {"open": claim.way_out, "reason": rules.Why.OUT_OF_STOCK, "text": text}
    query = urlencode(told | {f"{line.pk}-{field}": f"{claim.there.normalize():f}"})
    return f"{reverse('admin:orders_order_change', args=[claim.order.pk])}?{query}"


def _with(lines: list[OrderLine], order: Order, typed) -> list[OrderLine]:
    """Each with its order, and what was typed for it in the form that was refused."""
    for line in lines:
        line.order = order
        line.typed = {name: typed.get(f"{line.pk}-{name}", "") for name in asked.TYPED}
    return lines


def marks(order: Order) -> list[str]:
    """What is unusual about it, in words."""
    told = {
        "short": _("short of stock"),
        "hold_expired": _("hold ran out"),
        "cancel_requested": _("asked to cancel"),
        "disputed": _("disputed"),
        "on_credit_hold": _("on credit hold"),
    }
    return [words for name, words in told.items() if getattr(order, name)]


def _anywhere(request) -> Order:
    """An order of nowhere in particular, to ask what a member may do at all."""
    return Order(ships_from_id=None, location_id=None)


def _version(request) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() else -1


def _ids(texts: list[str]) -> list:

    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
