"""JSON: `auth/token/`, `auth/mfa/…`, `auth/token/refresh/`, `auth/logout/`, all without a cookie; `auth/sessions/`."""

from django.http import Http404
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import serializers as shapes
from apps.accounts.actions import factors, passkeys, sessions, signing_in
from apps.accounts.actions.sessions import NotSignedIn
from apps.accounts.models import Session
from apps.accounts.visitors import facts_of
from apps.core.drf.permissions import SignedIn

PRIVATE = {"Cache-Control": "no-store"}


def answer_of(step: signing_in.Step) -> Response:
    """Tokens, or what has to be shown yet."""
    if step.tokens:
        return _pair(step.tokens)
    body = {"mfa_required": True, "mfa_token": step.mfa_token, "methods": list(step.methods)}
    if step.enrol_required:
        body["enrol_required"] = True
    return Response(body, headers=PRIVATE)


@method_decorator(sensitive_post_parameters(), name="dispatch")
class Door(APIView):
    """Open to anybody: whoever is here has no token yet, and a cookie changes nothing."""

    authentication_classes: list = []
    permission_classes = [AllowAny]
    shape: type

    def said(self, request) -> dict:
        form = self.shape(data=request.data)
        form.is_valid(raise_exception=True)
        return form.validated_data

    def get_authenticate_header(self, request):
        return "Bearer"


class Token(Door):
    """Email and password: tokens, or a token to show a second factor with. Unknown and wrong are answered alike."""

    shape = shapes.EmailAndPassword

    @extend_schema(request=shapes.EmailAndPassword, responses=shapes.StepOut, operation_id="auth_token")
    def post(self, request):
        facts, now = facts_of(request), timezone.now()
        user = signing_in.check_password(**self.said(request), request_facts=facts, now=now)
        if user is None:
            raise NotSignedIn(_("That email and password did not match."))
        return answer_of(signing_in.after_first_factor(user=user, amr=["pwd"], request_facts=facts, now=now))


WRONG = {
    "totp": gettext_lazy("That code did not match. Codes change every 30 seconds: wait for a new one."),
    "recovery": gettext_lazy("That recovery code did not match, or was used before: each works once."),
    "passkey": gettext_lazy("That passkey was not accepted. Ask for new options and try again."),
}


class PasskeyOptions(Door):
    """With the `mfa_token` of an account that has passkeys: what an authenticator is to sign, within five minutes."""

    shape = shapes.MfaToken

    @extend_schema(request=shapes.MfaToken, responses=shapes.PasskeyOptionsOut, operation_id="auth_mfa_passkey")
    def post(self, request):
        now = timezone.now()
        pending = signing_in.pending_of(self.said(request)["mfa_token"], now=now)
        if "passkey" not in factors.methods_of(pending.user):
            raise NotSignedIn(_("This account has no passkey."))
        options = passkeys.request_options(pending.user, bound=str(pending.pk), now=now)
        return Response({"options": options}, headers=PRIVATE)


class SecondFactor(Door):
    """A code or a passkey's assertion for the `mfa_token`: tokens. Five tries; each code counts once."""

    shape = shapes.CodeIn

    @extend_schema(request=shapes.CodeIn, responses=shapes.TokensOut, operation_id="auth_mfa_verify")
    def post(self, request):
        said, now = self.said(request), timezone.now()
        pending = signing_in.pending_of(said["mfa_token"], now=now)
        device = signing_in.show_second_factor(pending=pending, method=said["method"], code=said["shown"], now=now)
        if not device:
            raise NotSignedIn(WRONG[said["method"]])
        return _opened(request, pending, factors.AMR[device.method], now)


class Enrol(Door):
    """With the `mfa_token` of an account that must have a factor and has none: the secret to put into an app."""

    shape = shapes.MfaToken

    @extend_schema(request=shapes.MfaToken, responses=shapes.SecretOut, operation_id="auth_mfa_enrol")
    def post(self, request):
        pending = signing_in.pending_of(self.said(request)["mfa_token"], now=timezone.now())
        if factors.methods_of(pending.user):
            raise NotSignedIn(_("This account has a second factor already. Sign in with it."))
        device = factors.offer(pending.user)
        return Response({"secret": device.secret, "uri": device.uri}, headers=PRIVATE)


class Confirm(Door):
    """The app's first code: tokens, and recovery codes that are shown this once."""

    shape = shapes.FirstCodeIn

    @extend_schema(request=shapes.FirstCodeIn, responses=shapes.EnrolledOut, operation_id="auth_mfa_confirm")
    def post(self, request):
        said, now = self.said(request), timezone.now()
        pending = signing_in.pending_of(said["mfa_token"], now=now)
        codes = signing_in.enrol(pending=pending, code=said["code"], now=now)
        if not codes:
            raise NotSignedIn(WRONG["totp"])
        answer = _opened(request, pending, "otp", now)
        answer.data["recovery_codes"] = codes
        return answer


class Refresh(Door):
    """The next pair; the token used is used up, but for ten seconds in which it gives the same pair again."""

    shape = shapes.RefreshIn

    @extend_schema(request=shapes.RefreshIn, responses=shapes.TokensOut, operation_id="auth_token_refresh")
    def post(self, request):
        return _pair(sessions.refresh(self.said(request)["refresh"], now=timezone.now()))


class Logout(Door):
    """End the session of this refresh token, and with it every access token and socket of it."""

    shape = shapes.RefreshIn

    @extend_schema(request=shapes.RefreshIn, responses={204: None}, operation_id="auth_logout")
    def post(self, request):
        sessions.log_out(self.said(request)["refresh"], now=timezone.now())
        return Response(status=204)


class Sessions(generics.ListAPIView):
    """Where one is signed in."""

    serializer_class = shapes.SessionOut
    permission_classes = [SignedIn]
    ordering = ("-created_at", "id")
    queryset = Session.objects.all()

    def get_queryset(self):
        return Session.objects.alive(timezone.now()).filter(user=self.request.user.pk)


class OneSession(APIView):
    """End one of one's own sessions; another person's is 404."""

    permission_classes = [SignedIn]

    @extend_schema(responses={204: None}, operation_id="auth_session_end")
    def delete(self, request, pk):
        row = Session.objects.filter(user=request.user.pk, pk=pk).first()
        if row is None:
            raise Http404
        sessions.end(row, because="ended_by_hand", by=request.user, now=timezone.now())
        return Response(status=204)


def _opened(request, pending, shown: str, now) -> Response:
    amr = [*pending.amr, shown]
    return _pair(sessions.open_session(user=pending.user, amr=amr, request_facts=facts_of(request), now=now))


def _pair(made: sessions.Tokens) -> Response:
    return Response({"access": made.access, "refresh": made.refresh}, headers=PRIVATE)
