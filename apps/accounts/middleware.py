"""Each request works in the scope of one organization: the one the person last chose, or their only one."""

from contextlib import ExitStack

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.models import Device
from structlog.contextvars import bind_contextvars

from apps.core import audit
from apps.core.drf import problems
from apps.core.scope import everyone, scope

from . import bearer, keyed, rules
from .models import Connection, Membership

PROBES = {"/healthz", "/readyz"}  # machines ask these while the database is away; a session must not be in their way


class EnterScope:
    """Sets `request.sign_in` (a program's session) and `request.api_key`, or None; `request.memberships`, and of the
    one that is worked for `request.membership`, `request.organization` and `request.place` (a location or None); and
    enters their scope.

    A platform superuser in the back office sees every organization; that look is audited, and so is each later act.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.membership = request.organization = request.place = request.sign_in = None
        request.api_key = request.key_budget = None
        request.memberships = []
        if request.path not in PROBES:
            bearer.recognise(request)
        if request.path in PROBES or not request.user.is_authenticated:
            return self.get_response(request)
        with ExitStack() as stack:
            if request.api_key:
                self._work_for(request, request.api_key.as_member(), stack)
                stack.enter_context(
                    scope(**scope_of(request.membership) | {"user": None})
                )  # nothing of its maker's own
                return self._answer_key(request)
            stack.enter_context(scope(user=request.user.pk))
            bind_contextvars(user=str(request.user.pk))
            request.memberships = _memberships(request.user)
            if found := _of(request.memberships, _chosen(request)):
                self._work_for(request, found, stack)
            if request.user.is_superuser and request.path.startswith("/admin/"):
                stack.enter_context(everyone("platform superuser in the back office"))
                _tell(request)
            return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """The route is known now: does it take this key?"""
        return keyed.refusal(request) if request.api_key else None

    def _work_for(self, request, membership: Membership, stack: ExitStack) -> None:
        request.membership, request.organization = membership, membership.organization
        stack.enter_context(scope(**scope_of(membership)))
        bind_contextvars(organization=str(request.organization.pk))
        request.place = SimpleLazyObject(lambda: request.organization.locations.order_by("created_at").first())

    def _answer_key(self, request):
        bind_contextvars(key=request.api_key.prefix)
        answer = self.get_response(request)
        if request.key_budget:
            request.key_budget.tell(answer)
        return answer


class DemandFactor:
    """A session whose person must have a second factor and has shown none reaches nothing: pages send them to sign in,
    the API says 401. So a role given today binds a session of yesterday."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path in PROBES or not request.user.is_authenticated or not demands(request):
            return self.get_response(request)
        if request.path.startswith("/api/"):
            detail = _("This account needs a second factor. Sign in with it.")
            body = problems.body_of("second-factor-needed", 401, detail)
            return JsonResponse(body, status=401, content_type=problems.MEDIA_TYPE)
        logout(request)
        return redirect_to_login(request.get_full_path())


def demands(request) -> bool:
    """Whether a second factor is owed: by the role in the organization one works for, or by the right to the admin."""
    if request.api_key:
        return False  # one was shown to make it
    user, membership = request.user, request.membership
    roles = [(membership.role, membership.organization.side)] if membership else []
    if not rules.demands_factor(roles, is_staff=user.is_staff, is_superuser=user.is_superuser):
        return False
    session = request.sign_in
    return not (session.verified if session else user.is_verified())


def owes_factor(user, session) -> bool:
    """`demands`, asked of a browser's session outside a request: for its sockets."""
    with scope(user=user.pk):
        membership = _of(_memberships(user), session.get("organization"))
        roles = [(membership.role, membership.organization.side)] if membership else []
        if not rules.demands_factor(roles, is_staff=user.is_staff, is_superuser=user.is_superuser):
            return False
        shown = session.get(DEVICE_ID_SESSION_KEY)
        device = shown and Device.from_persistent_id(shown)
        return not (device and device.user_id == user.pk)


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
        membership = _of(_memberships(user), chosen)
    return scope_of(membership) if membership else {"user": user.pk}


def _chosen(request) -> str | None:
    return request.session.get("organization") if hasattr(request, "session") else None


def _memberships(user) -> list[Membership]:
    return list(Membership.objects.filter(user=user).select_related("organization").order_by("created_at"))


def _of(mine: list[Membership], chosen: str | None) -> Membership | None:
    """The one in the chosen organization, else the first."""
    return next((one for one in mine if str(one.organization_id) == str(chosen)), mine[0] if mine else None)


def _tell(request) -> None:
    """One record a page looked at; reading all companies' rows is an act like any other."""
    if request.method == "GET" and not request.path.endswith("/jsi18n/"):
        audit.record(request.user, "platform.looked", ("page", request.path[:80]))
