"""Dutchie's webhook: a signed hint that a store's stock moved. Stock is then fetched; its own words aren't trusted."""

import secrets

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from apps.accounts.models import Credential, Location
from apps.core import webhooks
from apps.core.scope import scope

from . import actions


@csrf_exempt  # no cookie is asked or taken: the signature is the sign-in
@require_POST
def dutchie(request, location) -> HttpResponse:
    """202 for a hint taken, 200 for one that came before; 401, 413, 429 change nothing. Who can't sign does not learn
    whether there is such a location."""
    with scope(everyone="a webhook names its location"):
        place = Location.objects.filter(pk=location, is_active=True).first()
    with scope(place and place.organization_id):
        try:
            return _taken(request, place)
        except webhooks.Turned as refusal:
            return webhooks.turned(refusal)


def _taken(request, place: Location | None) -> HttpResponse:
    keys = Credential.objects.filter(location=place, kind__in=Credential.WEBHOOK_KINDS) if place else []
    known = [key.open() for key in keys] or [secrets.token_hex()]  # nobody's: the work and the answer are the same
    message = webhooks.read(request, known, now=timezone.now())
    with transaction.atomic():
        if not webhooks.first_time(f"dutchie:{place.pk}", message, organization_id=place.organization_id):
            return HttpResponse(status=200)
        actions.enqueue_sync(location=place, trigger="hint")
    return HttpResponse(status=202)
