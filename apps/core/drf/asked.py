"""What endpoints share: a query that is checked, and how an Idempotency-Key is described."""

from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from .fields import Strict

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A call repeated with its key gets the first answer again.",
)
NEEDED_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A call repeated with its key gets the first answer again. 400 without one.",
)


class PageQuery(Strict):
    """What every list takes."""

    cursor = serializers.CharField(required=False, help_text="From the `next` of the page before.")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200)


class Asked:
    """`self.asked`: the query, checked by `query_class`; what it does not know or can't read is 400."""

    query_class: type

    @cached_property
    def asked(self) -> dict:
        query = self.query_class(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query.validated_data
