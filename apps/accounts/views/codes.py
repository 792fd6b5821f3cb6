"""What the pages that take a code share: the try itself, the QR to scan."""

from collections.abc import Callable

import segno
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.actions import factors
from apps.accounts.actions.signing_in import TRIES
from apps.core.errors import Refused

WRONG = {
    "totp": gettext_lazy(
        "That code did not match. Codes change every 30 seconds: wait for a new one, and check that your phone sets its"
        " clock by itself."
    ),
    "recovery": gettext_lazy("That recovery code did not match, or was used before: each works once."),
}


def tried(form, act: Callable, pending=None):
    """What `act(method=…, code=…)` answers; when nothing, the form says why."""
    method, code = form.cleaned_data["method"], form.cleaned_data["code"]
    try:
        done = act(method=method, code=code)
    except Refused as refusal:
        form.add_error("code", refusal.detail)
        return None
    if not done:
        form.add_error("code", " ".join(filter(None, [str(WRONG[method]), pending and _left(pending.tries)])))
    return done


def context_of(form) -> dict:
    return {"form": form, "recovery": (form["method"].value() or "totp") == "recovery"}


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
