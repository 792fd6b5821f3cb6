"""JSON: one's own organization's reports to the state, and receiving what arrives."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.compliance import actions, forms, incoming
from apps.compliance.models import Report
from apps.compliance.serializers import (
    IncomingDetail,
    IncomingOut,
    IncomingQuery,
    ReceiptIn,
    ReportDetail,
    ReportOut,
    ReportQuery,
)
from apps.core.drf.asked import NEEDED_KEY, Asked
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Acting, Member


class Reports(Asked, generics.ListAPIView):
    """Reports to the state, newest first; by state, kind or order."""

    serializer_class, query_class, permission_classes = ReportOut, ReportQuery, [Member]
    filter_backends: list = []
    ordering = ("-id",)

    def get_queryset(self):
        found = {"state": "state", "kind": "kind", "order": "order_number"}
        asked = {field: self.asked[name] for name, field in found.items() if name in self.asked}
        return Report.objects.visible_to(self.request.user).filter(**asked).select_related("facility")

    @extend_schema(parameters=[ReportQuery])
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)


class OneReport(generics.RetrieveAPIView):
    """One report with every call about it and, of a transfer, its manifest."""

    serializer_class, permission_classes = ReportDetail, [Member]

    def get_queryset(self):
        reports = Report.objects.visible_to(self.request.user)
        return reports.select_related("facility").prefetch_related("tries")


class Incoming(Asked, generics.ListAPIView):
    """Transfers on their way to one's own licences, newest first."""

    serializer_class, query_class, permission_classes = IncomingOut, IncomingQuery, [Member]
    filter_backends: list = []
    ordering = ("-id",)

    def get_queryset(self):
        found, asked = incoming.transfers(self.request.membership), self.asked
        if "license" in asked:
            found = found.filter(facility__number=asked["license"])
        if "open" in asked:
            found = incoming.still_open(found) if asked["open"] else incoming.over(found)
        return found

    @extend_schema(operation_id="list_incoming_transfers", parameters=[IncomingQuery])
    def get(self, request, *args, **kwargs):
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(IncomingOut(incoming.arrivals(page, timezone.now()), many=True).data)


class OneIncoming(APIView):
    """One transfer, package by package."""

    permission_classes = [Member]

    @extend_schema(operation_id="get_incoming_transfer", responses=IncomingDetail)
    def get(self, request, pk: int):
        return Response(IncomingDetail(incoming.arrival(_one(request, pk), timezone.now())).data)


class Receipts(APIView):
    """What was found in a transfer."""

    permission_classes = [Acting]

    @extend_schema(
        operation_id="file_receipt",
        request=ReceiptIn,
        responses={
            201: IncomingDetail,
            400: OpenApiResponse(description="invalid, idempotency-key-missing"),
            409: OpenApiResponse(description="not-receivable, conflicting-report, look-first"),
            422: OpenApiResponse(description="incomplete, receipt-incomplete, idempotency-mismatch"),
        },
        parameters=[NEEDED_KEY],
    )
    @idempotent(required=True)
    def post(self, request, pk: int):
        """File it. Goods stay in quarantine until METRC shows the same: a person accepts them at METRC's site, unless
        the state publishes a call for it."""
        transfer, asked = _one(request, pk), ReceiptIn(data=request.data)
        asked.is_valid(raise_exception=True)
        if not incoming.may_receive(request.membership, transfer.facility):
            raise PermissionDenied
        said, packages = asked.validated_data, list(transfer.packages.all())
        actions.file_accept(
            organization=request.organization,
            transfer=transfer,
            found=forms.as_shipped(packages) if said["accept_all"] else asked.found(packages),
            by=request.user,
            now=timezone.now(),
            replaces=said.get("replaces"),
        )
        return Response(IncomingDetail(incoming.arrival(_one(request, pk), timezone.now())).data, status=201)


def _one(request, pk: int):
    return get_object_or_404(incoming.transfers(request.membership), pk=pk)
