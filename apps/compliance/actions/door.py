"""The one door to METRC: a facility's own key, at the pace of its licence and of us all."""

from django.conf import settings
from django.utils.translation import gettext as _

from apps.compliance.models import Facility
from apps.core import outbound
from apps.core.errors import Refused
from apps.gateways.metrc import SERVICE
from apps.gateways.metrc.licence import Metrc


class OurLine:
    """Two limits: the licence's, with its breaker, and the vendor key's, shared by all licences. `held_back` is how
    many seconds we were told to stay away, None where the call went out; `calls` is how many did."""

    def __init__(self, facility: Facility):
        key = str(facility.location_id)
        limits = {facility.state: settings.METRC_VENDOR_PER_MINUTE, key: settings.METRC_PER_MINUTE}
        self._road = outbound.stream(service=SERVICE, key=key, limits=limits)
        self.key = self._road.key
        self.held_back: float | None = None
        self.calls = 0

    def ask(self) -> float | None:
        self.held_back = self._road.ask()
        self.calls += self.held_back is None
        return self.held_back

    def tell(self, call) -> None:
        self._road.tell(call)


def door(facility: Facility) -> Metrc:
    """Calls for this facility; closing it is the caller's. Refused without a key (`no-metrc-key`)."""
    if not facility.sealed:
        raise Refused(
            _("%(number)s has no METRC user key. Add it under METRC facilities.") % {"number": facility.number},
            code="no-metrc-key",
        )
    return Metrc(
        settings.METRC_URL.format(state=facility.state),
        vendor_key=settings.METRC_VENDOR_KEY,
        user_key=facility.open_key(),
        license_number=facility.number,
        line=OurLine(facility),
        allow=settings.OUTBOUND_ALLOW,
        seconds=settings.METRC_CALL_SECONDS,
    )


def lease_name(facility: Facility) -> str:
    """Held by whoever sends a facility's reports or reads its mirror: one call at a time a licence (metrc.md §6.4)."""
    return f"metrc:{facility.pk}"


def site_of(facility: Facility) -> str:
    """METRC's web site, where people do what no call does."""
    return settings.METRC_SITE_URL.format(state=facility.state)
