"""An order's papers as PDF, for programs."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from apps.core.drf.permissions import Member
from apps.core.errors import Refused
from apps.orders import documents, rules

from .orders import one

SELLERS = {"pick-list"}  # for the seller's own people alone


class Whatever(BaseContentNegotiation):
    """A paper is a PDF and a refusal JSON, whichever of the two a program says it accepts."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class Document(APIView):
    """One paper."""

    permission_classes, content_negotiation_class = [Member], Whatever

    @extend_schema(
        operation_id="get_order_document",
        parameters=[OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=documents.KINDS)],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request, number: str, kind: str):
        """`confirmation`, `packing-list`, `invoice`, and for the seller's people `pick-list`. 409 `no-document` before
        there is one."""
        order = one(request, number)
        if kind not in documents.KINDS or (kind in SELLERS and not request.organization.sells):
            raise NotFound
        if order.state == rules.State.DRAFT:
            raise Refused(_("A draft has no papers yet."), code="no-document")
        drawn = HttpResponse(documents.render(kind, order), content_type="application/pdf")
        drawn["Content-Disposition"] = f'inline; filename="order-{order.number}-{kind}.pdf"'
        return drawn
