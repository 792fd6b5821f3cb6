"""What a log line must not hold: a request is told by its path, for a query may carry a ticket or a key; and a path's
own secrets (the token of a letter's link) are left out of it."""

import re

from django.dispatch import receiver
from django_structlog.signals import bind_extra_request_finished_metadata, bind_extra_request_metadata

# A word too long for a name and no row's UUID.
TOKEN = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:/|$))[\w-]{32,}(?=/|$)")


@receiver([bind_extra_request_metadata, bind_extra_request_finished_metadata], dispatch_uid="core.path")
def leave_the_query_out(*, request, log_kwargs: dict, **_):
    log_kwargs["request"] = f"{request.method} {TOKEN.sub('…', request.path)}"
