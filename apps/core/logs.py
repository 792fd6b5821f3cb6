"""What a log line must not hold: a request is told by its path, for a query may carry a ticket or a key."""

from django.dispatch import receiver
from django_structlog.signals import bind_extra_request_finished_metadata, bind_extra_request_metadata


@receiver([bind_extra_request_metadata, bind_extra_request_finished_metadata], dispatch_uid="core.path")
def leave_the_query_out(*, request, log_kwargs: dict, **_):
    log_kwargs["request"] = f"{request.method} {request.path}"
