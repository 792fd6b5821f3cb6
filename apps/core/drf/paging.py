"""Lists by cursor: as fast on page 1,000 as on page 1, and no count of the whole table."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response


class ByCursor(CursorPagination):
    """`results` and `next`, the address of the next page or null. A view names its `ordering`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"

    def get_ordering(self, request, queryset, view):
        self.ordering = getattr(view, "ordering", ("-pk",))
        return super().get_ordering(request, queryset, view)

    def decode_cursor(self, request):
        """A cursor that is none of ours is malformed input, not a missing page."""
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise ValidationError({"cursor": [_("No page has this cursor. Begin again without it.")]}) from None

    def get_paginated_response(self, data):
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "format": "uri", "description": "The next page, or null."},
            },
        }
