"""JSON: one's own organization's reports to the state."""

from drf_spectacular.utils import extend_schema
from rest_framework import generics

from apps.compliance.models import Report
from apps.compliance.serializers import ReportDetail, ReportOut, ReportQuery
from apps.core.drf.asked import Asked
from apps.core.drf.permissions import Member


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
