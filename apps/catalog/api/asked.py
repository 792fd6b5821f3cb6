"""What the catalog's endpoints share: a query that is checked, and how an Idempotency-Key is described."""

from drf_spectacular.utils import OpenApiParameter

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A call repeated with its key gets the first answer again.",
)


class Asked:
    """`self.asked`: the query, checked by `query_class`; what it does not know or can't read is 400."""

    query_class: type

    @property
    def asked(self) -> dict:
        query = self.query_class(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query.validated_data
