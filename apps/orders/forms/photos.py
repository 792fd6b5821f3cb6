"""Photos as they were attached, of a form and of a program."""

from apps.orders.rules import photos


def attached(request) -> list[bytes]:
    """Read no further than they may be many and long; empty files are none."""
    sent = request.FILES.getlist("photo")[: photos.MOST + 1]
    return [file.read(photos.MOST_BYTES + 1) for file in sent if file.size]
