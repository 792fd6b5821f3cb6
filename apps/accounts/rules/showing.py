"""How long a shown factor holds for dangerous acts, and what is said where it was shown longer ago (RFC 9470)."""

from datetime import timedelta

from apps.core.errors import Refused

FRESH = timedelta(minutes=10)


class ShownTooLongAgo(Refused):
    """A dangerous act needs who they are shown anew."""

    code, status = "shown-too-long-ago", 401
    seconds = int(FRESH.total_seconds())
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_user_authentication", max_age="{seconds}"'}


class Unconfirmed(ShownTooLongAgo):
    """So does what costs a company more than its limit (features §3.4)."""

    code = "insufficient-user-authentication"
