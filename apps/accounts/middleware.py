"""Each request works in the scope of one organization: the one the person last chose, or their only one."""

from contextlib import ExitStack

from django.utils.functional import SimpleLazyObject
from structlog.contextvars import bind_contextvars

from apps.core import audit
from apps.core.scope import everyone, scope

from .models import Connection, Membership

PROBES = {"/healthz", "/readyz"}  # machines ask these while the database is away; a session must not be in their way


class EnterScope:
    """Sets `request.membership`, `request.organization`, `request.place` (a location or None), and enters their scope.

    A platform superuser in the back office sees every organization; that look is audited, and so is each later act.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.membership = request.organization = request.place = None
        if request.path in PROBES or not request.user.is_authenticated:
            return self.get_response(request)
        with ExitStack() as stack:
            stack.enter_context(scope(user=request.user.pk))
            bind_contextvars(user=str(request.user.pk))
            request.membership = _membership(request.user, _chosen(request))
            if request.membership:
                request.organization = request.membership.organization
                stack.enter_context(scope(**scope_of(request.membership)))
                bind_contextvars(organization=str(request.organization.pk))
                request.place = SimpleLazyObject(lambda: request.organization.locations.order_by("created_at").first())
            if request.user.is_superuser and request.path.startswith("/admin/"):
                stack.enter_context(everyone("platform superuser in the back office"))
                _tell(request)
            return self.get_response(request)


def scope_of(membership: Membership) -> dict:
    """Scope's arguments for a member: the own organization, and what connected wholesalers show."""
    organization = membership.organization
    reads = []
    if not organization.sells:
        with scope(organization, user=membership.user_id):
            reads = list(Connection.objects.filter(retailer=organization).values_list("wholesaler_id", flat=True))
    return {"organization": organization, "user": membership.user_id, "reads": reads}


def scope_for(user, chosen: str | None) -> dict:
    """The scope a person works in outside a request: the same, so that the stream tells what pages show."""
    with scope(user=user.pk):
        membership = _membership(user, chosen)
    return scope_of(membership) if membership else {"user": user.pk}


def _chosen(request) -> str | None:
    return request.session.get("organization") if hasattr(request, "session") else None


def _membership(user, chosen: str | None) -> Membership | None:
    mine = Membership.objects.filter(user=user).select_related("organization").order_by("created_at")
    return (chosen and mine.filter(organization_id=chosen).first()) or mine.first()


def _tell(request) -> None:
    """One record a page looked at; reading all companies' rows is an act like any other."""
    if request.method == "GET" and not request.path.endswith("/jsi18n/"):
        audit.record(request.user, "platform.looked", ("page", request.path[:80]))
