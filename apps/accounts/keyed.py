"""Programs with a key: `Authorization: Api-Key ru_…`. The request acts for the key's organization; the policy file says
which route takes which scope, and each key has a budget of its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication

from apps.core import fast

from .actions import api_keys

WORD = "api-key"
SECONDS = 60
READING, WRITING = "GET", "POST"
MOST = {READING: 1_200, WRITING: 120}  # requests a minute and key, features §5.1
OPEN = ""  # the scope of a route that is open to everybody

_scope_of: Callable[[str, str], str | None] = lambda route, method: None  # noqa: E731


def judged_by(scope_of: Callable[[str, str], str | None]) -> None:
    """`scope_of(route's name, method)` is the scope a key needs there: OPEN for none, None where no key gets in."""
    global _scope_of
    _scope_of = scope_of


def recognise(request, text: str) -> None:
    """Sets `request.api_key` and `request.user`, who made it: what is recorded names both."""
    key = api_keys.find_key(text, now=timezone.now())
    member = key.as_member()
    key.made_by.by_key = key.prefix
    key.made_by.__dict__["_roles"] = {key.organization_id: member.role}
    request.api_key, request.user = key, key.made_by


def refusal(request) -> JsonResponse | None:
    """Why this request goes no further, or None: its route takes no key or another scope, or the budget is spent."""
    wanted = _scope_of(request.resolver_match.view_name, request.method)
    if wanted is None:
        return _problem("key-not-taken", 403, _("No API key is taken here. Sign in."))
    if wanted != OPEN and wanted not in request.api_key.scopes:
        return _problem("scope-missing", 403, _("This key lacks the scope %(scope)s.") % {"scope": wanted})
    request.key_budget = budget = _spend(request)
    if budget and budget.left < 0:
        return _problem("too-many-requests", 429, _("This key has spent its requests of this minute."), budget.resets)
    return None


@dataclass(frozen=True)
class Budget:
    """How many requests of a kind are left until the minute is over; below zero where one was too many."""

    most: int
    left: int
    resets: int

    def tell(self, answer) -> None:
        """In the words of the IETF's ratelimit-headers draft 10."""
        answer["RateLimit-Policy"] = f'"key";q={self.most};w={SECONDS}'
        answer["RateLimit"] = f'"key";r={max(self.left, 0)};t={self.resets}'


def _spend(request) -> Budget | None:
    """Counted in Redis, by the minute; None while Redis is away: a budget spares the machine, it guards no secret."""
    kind = READING if request.method in ("GET", "HEAD", "OPTIONS") else WRITING
    minute, gone = divmod(int(time.time()), SECONDS)
    name = f"{settings.REDIS_PREFIX}key-budget:{request.api_key.pk}:{kind}:{minute}"
    counted: list[int] = []
    fast.hint("key budget", lambda redis: counted.append(_count(redis, name)))
    return Budget(MOST[kind], MOST[kind] - counted[0], SECONDS - gone) if counted else None


def _count(redis, name: str) -> int:
    with redis.pipeline(transaction=False) as pipe:
        return pipe.incr(name).expire(name, 2 * SECONDS).execute()[0]


def _problem(code: str, status: int, detail: str, wait: int | None = None) -> JsonResponse:
    from apps.core.drf import problems  # it brings REST framework's views, which look here for `Keyed`

    headers = {"Retry-After": str(wait)} if wait else None
    body = problems.body_of(code, status, detail)
    return JsonResponse(body, status=status, content_type=problems.MEDIA_TYPE, headers=headers)


class Keyed(BaseAuthentication):
    """REST framework's view of `recognise`; a key that opens nothing is refused by `bearer.Bearer`."""

    def authenticate(self, request):
        key = getattr(request._request, "api_key", None)
        return (key.made_by, key) if key else None


class KeyScheme(OpenApiAuthenticationExtension):
    target_class = Keyed
    name = "apiKey"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`Api-Key ru_…`, within the key's scopes.",
        }
