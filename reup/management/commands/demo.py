"""Fill a story to click through: two wholesalers, a connected retailer, a stranger, their people, their stores' keys.

Everything is found by name first, so a second run changes nothing. Refused where settings say production.
"""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Connection, Credential, Location, Membership, Organization, User
from apps.accounts.rules import Role, Side
from apps.core import audit
from apps.core.management.json_command import JsonCommand
from apps.core.scope import scope
from reup import demo_papers, demo_trade

PASSWORD = "look-around-2026"  # noqa: S105  (printed at every start; demo mode only)


@dataclass(frozen=True)
class Store:
    """A location, and the key that its emulated POS knows it by; or, without one, a sign-in to its back office."""

    name: str
    slug: str
    zone: str
    license_number: str
    lsp: int
    loc: int
    key: str = ""
    sign_in: tuple[str, str] | None = None


@dataclass(frozen=True)
class Company:
    name: str
    side: Side
    stores: tuple[Store, ...] = ()


@dataclass(frozen=True)
class Person:
    email: str
    name: str
    role: Role
    company: str
    staff: bool = False


NORTHLIGHT, BELLWETHER = "Northlight Supply Co.", "Bellwether Farms"
JUNIPER, HARBOR, TIDEWATER = "Juniper & Pine", "Old Harbor Dispensary", "Tidewater"
COMPANIES = [
    Company(
        NORTHLIGHT,
        Side.WHOLESALER,
        (
            Store(
                "Northlight, Holland",
                "northlight-holland",
                "America/Detroit",
                "AU-P-000412",
                822,
                4101,
                "pos-northlight-holland",
            ),
            Store(
                "Northlight, Lansing",
                "northlight-lansing",
                "America/Detroit",
                "AU-P-000413",
                822,
                4102,
                "pos-northlight-lansing",
            ),
        ),
    ),
    Company(
        BELLWETHER,
        Side.WHOLESALER,
        (
            Store(
                "Bellwether, Muskegon",
                "bellwether-muskegon",
                "America/Detroit",
                "AU-P-000777",
                840,
                5201,
                "pos-bellwether-muskegon",
            ),
        ),
    ),
    Company(
        JUNIPER,
        Side.RETAILER,
        (
            Store(
                "Juniper & Pine, Eastown",
                "juniper-pine-eastown",
                "America/Detroit",
                "AU-R-009731",
                823,
                6301,
                "pos-juniper-eastown",
            ),
        ),
    ),
    Company(HARBOR, Side.RETAILER),
    Company(
        TIDEWATER,
        Side.RETAILER,
        (
            Store(
                "Tidewater, Tampa",
                "tidewater-tampa",
                "America/New_York",
                "MMTC-2019-0021",
                821,
                7101,
                sign_in=("backoffice@tidewater.example", "tide-pool-821"),
            ),
        ),
    ),
]
CONNECTIONS = [(NORTHLIGHT, JUNIPER)]
PEOPLE = [
    Person("buyer@juniperpine.example", "Jo Park", Role.BUYER, JUNIPER),
    Person("owner@juniperpine.example", "Robin Vale", Role.OWNER, JUNIPER),
    Person("order.desk.2@northlight.example", "Order desk 2", Role.STAFF, NORTHLIGHT, staff=True),
    Person("owner@northlight.example", "Alex Moreau", Role.OWNER, NORTHLIGHT, staff=True),
    Person("owner@tidewater.example", "Sam Reyes", Role.OWNER, TIDEWATER, staff=True),
    Person("owner@bellwether.example", "Kim Osei", Role.OWNER, BELLWETHER, staff=True),
    Person("buyer@oldharbor.example", "Lee Strand", Role.BUYER, HARBOR),
]
PLATFORM = "platform@reup.example"


class Command(JsonCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--people", action="store_true", help="print the sign-ins instead, as a list")

    def answer(self, options):
        if settings.PRODUCTION or not settings.REUP_DEMO:
            raise CommandError("Demo data stay out of here: REUP_DEMO is off.", returncode=2)
        made = fill()
        return (sign_ins() if options["people"] else made), False


@transaction.atomic
def fill() -> dict:
    """Make what is missing of the story; says how many of each kind were made."""
    made = {"organizations": 0, "locations": 0, "credentials": 0, "connections": 0, "users": 0}
    with scope(everyone="demo"):
        companies = {company.name: _company(company, made) for company in COMPANIES}
        for wholesaler, retailer in CONNECTIONS:
            _, new = Connection.objects.get_or_create(
                wholesaler=companies[wholesaler],
                retailer=companies[retailer],
                defaults={"since_date": date(2026, 1, 5)},
            )
            made["connections"] += new
        for person in PEOPLE:
            _person(person, companies[person.company], made)
        if not User.objects.filter(email=PLATFORM).exists():
            User.objects.create_superuser(PLATFORM, PASSWORD, name="Platform")
            made["users"] += 1
        today = timezone.now().date()
        made |= demo_papers.fill(today)
        made |= demo_trade.agree(seller=companies[NORTHLIGHT], buyer=companies[JUNIPER], today=today)
        if any(made.values()):
            audit.record("demo", "demo.filled", **made)
    return made


def sign_ins() -> list[dict]:
    people = [
        {"role": f"{person.company}, {person.role.label.lower()}", "email": person.email, "password": PASSWORD}
        for person in PEOPLE
    ]
    return [*people, {"role": "Platform superuser", "email": PLATFORM, "password": PASSWORD}]


def _company(company: Company, made: dict) -> Organization:
    row, new = Organization.objects.get_or_create(name=company.name, defaults={"side": company.side})
    made["organizations"] += new
    for store in company.stores:
        _store(row, store, made)
    return row


def _store(organization: Organization, store: Store, made: dict) -> None:
    location, new = Location.objects.get_or_create(
        slug=store.slug,
        defaults={
            "organization": organization,
            "name": store.name,
            "zone": store.zone,
            "license_number": store.license_number,
            "dutchie_lsp": store.lsp,
            "dutchie_loc": store.loc,
        },
    )
    made["locations"] += new
    if not location.credentials.exists():
        _credential(location, store).save()
        made["credentials"] += 1


def _credential(location: Location, store: Store) -> Credential:
    made = Credential(organization=location.organization, location=location)
    if store.sign_in:
        made.kind, (username, password) = Credential.Kind.DUTCHIE_BACKOFFICE, store.sign_in
        made.put_sign_in(username=username, password=password)
    else:
        made.kind = Credential.Kind.DUTCHIE_POS
        made.put(store.key)
    return made


def _person(person: Person, organization: Organization, made: dict) -> None:
    if User.objects.filter(email=person.email).exists():
        return
    user = User.objects.create_user(person.email, PASSWORD, name=person.name, is_staff=person.staff)
    Membership.objects.create(user=user, organization=organization, role=person.role)
    made["users"] += 1
