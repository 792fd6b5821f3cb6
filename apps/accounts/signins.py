"""What all processes share of a credential: the session a sign-in has opened, and that it was refused."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import Credential
from apps.core import audit, crypto

# A refused sign-in rests so long: every try more brings a locked account nearer.
REST = timedelta(minutes=30)
# So long after one sign-in no other: a session that never holds must not become a storm of them.
APART = timedelta(minutes=5)


class KeptSession:
    """The session of one sign-in, sealed in its row; in the form that a gateway's `Sessions` has. Call in the scope of
    its organization."""

    def __init__(self, credential: Credential) -> None:
        self._credential = credential
        self._row = Credential.objects.filter(pk=credential.pk)
        self._bound = {"table": "accounts_credential.session", "pk": credential.pk}
        self._bound["organization"] = credential.organization_id

    def get(self) -> str:
        """The text put last; "" where none is, or none that our keys still open."""
        sealed = self._row.values_list("session", flat=True).first()
        try:
            return crypto.unseal(sealed, **self._bound) if sealed else ""
        except crypto.Unsealable:
            return ""

    def put(self, text: str) -> None:
        self._row.update(session=crypto.seal(text, **self._bound))
        accepted(self._credential)

    def drop(self) -> None:
        self._row.update(session=None)

    def knock(self) -> None:
        self._row.update(knocked_at=timezone.now())

    def refuse(self, reason: str) -> None:
        self.drop()
        refused(self._credential, reason)

    def refused(self) -> str:
        """Why it rests: it was refused lately, here or at another location that signs in the same way; or it was tried
        here a moment ago."""
        mine = self._credential
        alike = Credential.objects.filter(organization_id=mine.organization_id, kind=mine.kind, mark=mine.mark)
        last = alike.filter(last_failed_at__gt=timezone.now() - REST).order_by("-last_failed_at").first()
        if last is None:
            return self._tried()
        told = {"at": f"{last.last_failed_at:%H:%M}", "until": f"{last.last_failed_at + REST:%H:%M}"}
        return _("The sign-in was refused at %(at)s UTC. It rests until %(until)s UTC, or until it is changed.") % told

    def _tried(self) -> str:
        last = self._row.filter(knocked_at__gt=timezone.now() - APART).values_list("knocked_at", flat=True).first()
        if last is None:
            return ""
        told = {"at": f"{last:%H:%M}", "until": f"{last + APART:%H:%M}"}
        return _("No session is open. A sign-in was tried at %(at)s UTC; the next waits until %(until)s UTC.") % told


@transaction.atomic
def refused(credential: Credential, reason: str) -> None:
    """Staff see it on the credential; the first refusal in a row is also in the audit trail."""
    row = Credential.objects.filter(pk=credential.pk)
    first = bool(row.filter(last_failed_at=None).update(last_failed_at=timezone.now(), last_reason=reason[:240]))
    if first:
        audit.record("sync", "credential.refused", credential, location=str(credential.location_id), reason=reason)
    else:
        row.update(last_failed_at=timezone.now(), last_reason=reason[:240])


@transaction.atomic
def accepted(credential: Credential) -> None:
    """It works: what was noted against it goes."""
    row = Credential.objects.filter(pk=credential.pk, last_failed_at__isnull=False)
    if row.update(last_failed_at=None, last_reason=""):
        audit.record("sync", "credential.accepted", credential, location=str(credential.location_id))
