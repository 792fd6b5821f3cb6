"""Which road to Dutchie answers for a location: its POS key, else a sign-in to the back office.

The back office stands in where the POS has no key, refuses it (401, 403, 404), or fails on its side (5xx, or so often
that its road is closed). Never for an answer, an empty one too, and never silently: who answered and why is told.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from apps.accounts.models import Credential, Location
from apps.accounts.models.credentials import Unreadable
from apps.accounts.signins import KeptSession, accepted, refused
from apps.core import outbound
from apps.core.errors import Refused
from apps.gateways import dutchie
from apps.gateways.base import Declined, GatewayError, Unreachable
from apps.gateways.dutchie import SERVICE, backoffice
from apps.gateways.dutchie.backoffice import Backoffice
from apps.gateways.dutchie.payloads import Known, Read, StockRow, read_inventory
from apps.gateways.dutchie.payloads.packages import read_packages
from apps.gateways.dutchie.pos import Page, Pos

POS, INTEGRATOR = Credential.Kind.DUTCHIE_POS, Credential.Kind.DUTCHIE_INTEGRATOR
BACKOFFICE = Credential.Kind.DUTCHIE_BACKOFFICE
BAD_KEY = {401, 403}
NO_DOOR = 404


@dataclass(frozen=True)
class Fetched:
    """A location's packages as they came; `why_not` is why the POS was passed over ("" when it answered), `upcs`
    whether its product list can be asked for."""

    page: Page
    why_not: str = ""
    upcs: bool = True


def fetch_from(location: Location) -> Fetched:
    """From the POS, else from the back office. Raises the POS's failure where nothing may or can stand in for it, and
    Refused naming both where the back office failed too."""
    keys = _keys(location)
    if POS not in keys:
        return Fetched(backoffice_for(location).inventory(), _("no POS key"), upcs=False)
    try:
        page = pos_for(location).inventory()
    except GatewayError as failed:
        return _instead(location, keys, failed)
    accepted(keys[POS])
    return Fetched(page)


def read(body: bytes, source: str, location: Location, known: Known) -> Read[StockRow]:
    """The rows of a body from whichever source; `known` as in `read_inventory`."""
    if source == backoffice.SOURCE:
        return read_packages(body, known, zone=ZoneInfo(location.zone))
    return read_inventory(body, known)


def pos_for(location: Location) -> Pos:
    """The location's own door to Dutchie's POS. Refused when it has no key."""
    keys = _keys(location)
    if POS not in keys:
        raise _no_key(location)
    return Pos(
        settings.DUTCHIE_POS_URL,
        keys[POS].open(),
        keys[INTEGRATOR].open() if INTEGRATOR in keys else "",
        line=outbound.line(service=SERVICE, key=str(location.pk), limit_per_minute=settings.DUTCHIE_PER_MINUTE),
        allow=settings.OUTBOUND_ALLOW,
    )


def backoffice_for(location: Location) -> Backoffice:
    """The location's sign-in to its back office. Refused when it has none, or when settings leave it out."""
    credential = _keys(location).get(BACKOFFICE)
    if credential is None:
        raise _no_key(location)
    if not settings.DUTCHIE_BACKOFFICE_URL:
        raise Refused(_("DUTCHIE_BACKOFFICE_URL is not set: no back office is called."), code="no-backoffice")
    try:
        who = credential.open_sign_in()
        url = backoffice.address(settings.DUTCHIE_BACKOFFICE_URL, who.tenant)
    except (Unreadable, ValueError) as unusable:
        raise Refused(str(unusable), code="no-dutchie-key") from None
    return Backoffice(
        url,
        who.username,
        who.password,
        lsp=location.dutchie_lsp,
        loc=location.dutchie_loc,
        sessions=KeptSession(credential),
        line=outbound.line(
            service=dutchie.BACKOFFICE,
            key=str(location.pk),
            limit_per_minute=settings.DUTCHIE_BACKOFFICE_PER_MINUTE,
            paced_as=credential.mark,
        ),
        allow=settings.OUTBOUND_ALLOW,
    )


def _keys(location: Location) -> dict[str, Credential]:
    return {key.kind: key for key in location.credentials.all()}


def _no_key(location: Location) -> Refused:
    return Refused(f"{location.name} has no Dutchie key. Add one under Locations.", code="no-dutchie-key")


def _instead(location: Location, keys: dict[str, Credential], failed: GatewayError) -> Fetched:
    """What the back office says where the POS failed. A refused key is noted before anybody answers in its place."""
    if isinstance(failed, Declined) and failed.status in BAD_KEY:
        refused(keys[POS], failed.reason)
    if BACKOFFICE not in keys or not settings.DUTCHIE_BACKOFFICE_URL or not _may_stand_in(location, failed):
        raise failed
    try:
        page = backoffice_for(location).inventory()
    except (GatewayError, Refused) as also:
        reason = getattr(also, "reason", "") or str(also)
        raise Refused(f"POS: {failed.reason} Back office: {reason}", code="no-answer") from also
    return Fetched(page, failed.reason, upcs=not isinstance(failed, Declined))


def _may_stand_in(location: Location, failed: GatewayError) -> bool:
    if isinstance(failed, Declined):
        return failed.status in BAD_KEY or failed.status == NO_DOOR
    theirs = isinstance(failed, Unreachable) and (failed.status or 0) >= 500
    return theirs or outbound.stopped(service=SERVICE, key=str(location.pk))
