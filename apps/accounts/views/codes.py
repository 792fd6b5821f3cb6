"""What the pages that take a second factor share: the try itself, what they show, the QR to scan."""

from collections.abc import Callable

import segno
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.actions import factors
from apps.accounts.actions.passkeys import ceremony
from apps.accounts.actions.signing_in import TRIES
from apps.core.errors import Refused

WRONG = {
    "totp": gettext_lazy(
        "That code did not match. Codes change every 30 seconds: wait for a new one, and check that your phone sets its"
        " clock by itself."
    ),
    "recovery": gettext_lazy("That recovery code did not match, or was used before: each works once."),
    "passkey": gettext_lazy("That passkey was not accepted here. Try again, or use another way."),
}


def tried(form, act: Callable, pending=None):
    """What `act(method=…, code=…)` answers; when nothing, the form says why."""
    shown = form.shown
    try:
        done = act(**shown)
    except Refused as refusal:
        form.add_error(form.field, refusal.detail)
        return None
    if not done:
        told = [str(WRONG[shown["method"]]), pending and _left(pending.tries)]
        form.add_error(form.field, " ".join(filter(None, told)))
    return done


def context_of(form, methods=("totp",)) -> dict:
    """`methods` are those the person can show: a page asks for the code of one, and offers the others."""
    wanted = form["method"].value() or "totp"
    return {
        "form": form,
        "recovery": wanted == "recovery",
        "asks_code": "totp" in methods or wanted == "recovery",
        "methods": methods,
        "origin": ceremony.origin(),
    }


def offered(user) -> dict:
    """The authenticator to take into use: its QR code as a picture drawn here, and its secret to type."""
    device = factors.offer(user)
    picture = segno.make(device.uri, error="m", micro=False).svg_inline(
        border=4, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    secret = " ".join(device.secret[at : at + 4] for at in range(0, len(device.secret), 4))
    return {"qr": mark_safe(picture), "secret": secret}  # noqa: S308  (drawn by segno from a URL of ours)


def _left(tries: int) -> str:
    left = TRIES - tries
    if left <= 0:
        return _("No tries are left: start again with your password.")
    return ngettext("%(left)d try left.", "%(left)d tries left.", left) % {"left": left}
