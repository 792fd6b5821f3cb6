"""The OpenAPI document: errors are described once, the same way for every call."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Tags by the path's first word under /api/v1/."""

    def get_tags(self):
        return [self.path.removeprefix("/api/v1/").split("/")[0]]
