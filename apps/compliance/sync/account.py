"""Does the key open this facility, and what may the facility do?"""

from msgspec import to_builtins

from apps.compliance.models import Facility
from apps.gateways.failures import Declined
from apps.gateways.metrc import SERVICE
from apps.gateways.metrc.licence import Metrc


def read(metrc: Metrc, facility: Facility) -> None:
    """Declined where the key doesn't open it."""
    mine = [row for row in metrc.facilities() if row.license and row.license.number == facility.number]
    if not mine:
        raise Declined(SERVICE, "The key does not open this licence.")
    Facility.objects.filter(pk=facility.pk).update(rights=to_builtins(mine[0].facility_type))
