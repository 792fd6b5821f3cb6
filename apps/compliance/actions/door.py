"""The one door to METRC: a facility's own key, at the pace of its licence and of us all."""

from django.conf import settings
from django.utils.translation import gettext as _

from apps.compliance.models import Facility
from apps.core import outbound
from apps.core.errors import Refused
from apps.core.outbound import pace
from apps.gateways.metrc import SERVICE
from apps.gateways.metrc.licence import Metrc


class OurLine:
    """Two limits: the licence's, with its breaker, and the vendor key's, shared by all licences. `held_back` is how
    many seconds we were told to stay away, None where the call went out."""

    def __init__(self, facility: Facility):
        self._road = outbound.line(
            service=SERVICE, key=str(facility.location_id), limit_per_minute=settings.METRC_PER_MINUTE
        )
        self._all = f"{SERVICE}:{facility.state}"
        self.key = self._road.key
        self.held_back: float | None = None

    def ask(self) -> float | None:
        self.held_back = pace.wait(name=self._all, per_minute=settings.METRC_VENDOR_PER_MINUTE)
        if self.held_back is None:
            self.held_back = self._road.ask()
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


def site_of(facility: Facility) -> str:
    """METRC's web site, where people do what no call does."""
    return settings.METRC_SITE_URL.format(state=facility.state)
