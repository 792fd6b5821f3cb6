"""JSON: what may be done with an order now, and doing it."""

import json

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.drf.asked import NEEDED_KEY
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Acting
from apps.orders import actions
from apps.orders.forms.photos import attached
from apps.orders.serializers import ChoiceOut, DisputeForm, OrderOut, TransitionInput

from .conditions import IF_MATCH, if_match, shown
from .examples import MOVES, refusals
from .orders import actor, edited, one

SAID_NO = ["illegal-transition", "already-decided", "insufficient-stock", "credit-limit", "quantity-rule"]
SAID_NO += ["reason-required", "version-mismatch", "precondition-required", "invalid"]
SAID_NO += ["insufficient-user-authentication"]


def _read(request) -> dict:
    """A dispute sent as a form: `data` is JSON text, each `photo` a file."""
    sent = {name: request.data[name] for name in request.data if name != "photo"}
    if sent.get("action") != "dispute":
        raise ValidationError({"action": [_("Only a dispute is sent as a form, for its photos.")]})
    if len(request.data.getlist("photo")) != len(request.FILES.getlist("photo")):
        raise ValidationError({"photo": [_("Send it as a file.")]})
    try:
        return sent | {"data": json.loads(sent.get("data") or "{}")}
    except (TypeError, ValueError):
        raise ValidationError({"data": [_("This is no JSON.")]})


class Transitions(APIView):
    """The moves of an order."""

    permission_classes, parser_classes = [Acting], [JSONParser, MultiPartParser]

    @extend_schema(operation_id="list_transitions", responses=ChoiceOut(many=True))
    def get(self, request, number: str):
        """Every move of one's own side: whether it is allowed now, and why not."""
        return Response(
            ChoiceOut(actions.choices(one(request, number), actor(request), timezone.now()), many=True).data
        )

    @extend_schema(
        operation_id="move_order",
        request={"application/json": TransitionInput, "multipart/form-data": DisputeForm},
        responses={200: OrderOut, **refusals(*SAID_NO)},
        parameters=[NEEDED_KEY, IF_MATCH],
        examples=[OpenApiExample(name, value=value, request_only=True) for name, value in MOVES.items()],
    )
    @idempotent(required=True)
    def post(self, request, number: str):
        """Move it. A refusal changes nothing, and its key may come again. A dispute may come as a form, with photos."""
        order, version = one(request, number), if_match(request)
        form = isinstance(request.data, QueryDict)
        asked = TransitionInput(data=_read(request) if form else request.data)
        asked.is_valid(raise_exception=True)
        action, data = asked.validated_data["action"], asked.validated_data["data"]
        data |= {"photos": attached(request)} if form else {}
        if action == "edit":
            return shown(edited(order, request, version, data))
        now = timezone.now()
        return shown(
            actions.transition(order=order, action=action, by=actor(request), now=now, version=version, data=data)
        )
