"""Dutchie's webhook: a signed hint that a store's stock moved. Stock is then fetched; its own words aren't trusted."""

from django.db import transaction
from django.http import Http404, HttpResponse
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
    """202 for a hint taken, 200 for one that came before; 401, 404, 413, 429 change nothing."""
    with scope(everyone="a webhook names its location"):
        place = Location.objects.filter(pk=location, is_active=True).first()
    if place is None:
        raise Http404
    with scope(place.organization_id):
        try:
            return _taken(request, place)
        except webhooks.Turned as refusal:
            return webhooks.turned(refusal)


def _taken(request, place: Location) -> HttpResponse:
    keys = Credential.objects.filter(location=place, kind__in=Credential.WEBHOOK_KINDS)
    secrets = [key.open() for key in keys]
    if not secrets:
        raise Http404
    message = webhooks.read(request, secrets, now=timezone.now())
    with transaction.atomic():
        if not webhooks.first_time(f"dutchie:{place.pk}", message, organization_id=place.organization_id):
            return HttpResponse(status=200)
        actions.enqueue_sync(location=place, trigger="hint")
    return HttpResponse(status=202)
