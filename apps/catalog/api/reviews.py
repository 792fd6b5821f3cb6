"""JSON: matches that wait for a person, with evidence and effects; and the decisions about them."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.catalog import actions
from apps.catalog.models import MatchDecision, Product, ProductLink
from apps.catalog.review import review
from apps.catalog.serializers.reviews import DecidedOut, DecisionInput, MatchOut, ReviewDetail, ReviewQuery
from apps.core.drf.asked import KEY, Asked
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Member, SellerStaff
from apps.core.scope import current


@extend_schema(parameters=[ReviewQuery])
class Reviews(Asked, generics.ListAPIView):
    """Matches that wait, oldest first, what was skipped last; `state=linked` lists those that are decided."""

    serializer_class, query_class, permission_classes = MatchOut, ReviewQuery, [Member]
    filter_backends: list = []
    ordering = ("queued_at", "id")

    def get_queryset(self):
        return _own_links().filter(state=self.asked["state"])


class OneReview(APIView):
    """One match: candidates with evidence, and what each decision would do."""

    permission_classes = [Member]

    @extend_schema(responses=ReviewDetail)
    def get(self, request, pk: int):
        return Response(ReviewDetail(review(get_object_or_404(_own_links(), pk=pk))).data)


class Decisions(APIView):
    """Decide: link it to a product of ours, make it a new one, rule a product out, skip, or undo."""

    permission_classes = [SellerStaff]

    @extend_schema(request=DecisionInput, responses=DecidedOut, parameters=[KEY])
    @idempotent(required=False)
    def post(self, request, pk: int):
        """409 `already-decided` says who was first and when; nothing is changed then."""
        asked = DecisionInput(data=request.data)
        asked.is_valid(raise_exception=True)
        decision = _decide(get_object_or_404(_own_links(), pk=pk), request.user, **asked.validated_data)
        return Response(DecidedOut({"match": ProductLink.objects.get(pk=pk), "decision": decision}).data)


def _decide(link: ProductLink, by, *, action: str, product=None, **more) -> MatchDecision:
    if product:
        ours = Product.objects.filter(organization=current().organization)
        more["product"] = get_object_or_404(ours, pk=product)
    verb = actions.make_new if action == "new" else getattr(actions, action)
    return verb(link=link, by=by, **more)


def _own_links():
    return ProductLink.objects.filter(organization=current().organization)
