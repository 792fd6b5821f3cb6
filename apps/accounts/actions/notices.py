"""Letters about an account's own safety: written as a job with the change they tell of, sent after it."""

from datetime import datetime

from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core import jobs, mail

WHAT = {
    "password_changed": gettext_lazy("The password was changed. Everywhere else the account was signed out."),
    "password_reset": gettext_lazy("The password was set anew by a link from a letter. Everybody was signed out."),
    "authenticator_added": gettext_lazy("An authenticator app was taken into use. One in use before no longer works."),
    "codes_made": gettext_lazy("New recovery codes were made. Codes made earlier no longer work."),
    "passkey_added": gettext_lazy("A passkey was added: %(name)s."),
    "passkey_removed": gettext_lazy("A passkey was removed: %(name)s."),
    "passkey_copied": gettext_lazy(
        "A passkey was refused because somebody seems to hold a copy of it: %(name)s. Remove it and add a new one."
    ),
    "wallet_linked": gettext_lazy("A wallet was linked to the account: %(address)s. Whoever holds it can sign in."),
    "wallet_unlinked": gettext_lazy("A wallet was taken off the account: %(address)s."),
    "refresh_reused": gettext_lazy(
        "A program's refresh token was used a second time, so two hands hold it. That session was ended."
    ),
}


def tell(user: User, what: str, *, at: datetime, **named: str) -> None:
    """One of `WHAT`, with the names it holds. In the transaction of what it tells of."""
    if what not in WHAT:
        raise ValueError(f"No letter tells of {what}.")
    jobs.enqueue("accounts.mail_notice", user=str(user.pk), what=what, at=f"{at:%Y-%m-%d %H:%M}", named=named)


def send(*, user: str, what: str, at: str, named: dict) -> None:
    person = User.objects.filter(pk=user).first()
    if person:
        mail.send(person.email, "notice", name=person.get_full_name(), at=at, what=WHAT[what] % named)
