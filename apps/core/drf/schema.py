"""The OpenAPI document: errors are described once, the same way for every call."""

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers


class ProblemOut(serializers.Serializer):
    """A refusal (RFC 9457). Switch on `code`; `detail` is for people, `errors` names fields. Some codes bring more."""

    type = serializers.URLField()
    code = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)


class Schema(AutoSchema):
    """Tags by the path's first word under /api/v1/."""

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0]]
