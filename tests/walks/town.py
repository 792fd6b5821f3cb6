"""Three organizations with one row of everything, each row marked with its owner's words; and everybody who may ask."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from django.test import Client
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from apps.accounts import rules
from apps.accounts.models import ApiKey, Credential, Membership, Organization, User
from apps.catalog.models import Alias, HeldSnapshot, MatchDecision, QuarantinedRow, RejectedPair, StockChange
from apps.compliance.models import (
    Capability,
    Discrepancy,
    ErrorRule,
    MaintenanceWindow,
    Manifest,
    ReceiptLine,
    Report,
    Tag,
    Transfer,
    TransferPackage,
)
from apps.compliance.models import Package as MetrcPackage
from apps.compliance.rules import accept_key
from apps.core import audit
from apps.core.models import Breaker, Job, OutboundCall
from apps.core.scope import everyone, scope
from apps.orders.models import Message, Order
from reup import policy
from tests import make
from tests.compliance import make as reported
from tests.conftest import enter
from tests.walks.trade import agreed

HOUR = timedelta(hours=1)
BACKEND = "apps.accounts.backends.ByRole"


@dataclass
class House:
    """An organization: `rows` one of everything by table; three words that no other organization's rows hold.

    `name` stands in the organization's own name, `shown` in what connected organizations may read, `kept` in the rest.
    """

    key: str
    organization: Organization
    rows: dict = field(default_factory=dict)
    decisions: dict = field(default_factory=dict)

    def word(self, kind: str) -> str:
        return f"zq{self.key}{kind}"


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: a role, in a house or in none, let into the back office or not."""

    label: str
    role: str
    home: str = ""
    is_staff: bool = False
    user: User | None = field(default=None, repr=False)
    session: str = field(default="", repr=False)
    key: str = field(default="", repr=False)  # an API key; on pages it is worth nothing
    scopes: frozenset[str] = frozenset()

    @property
    def everywhere(self) -> bool:
        return self.role == policy.PLATFORM


@dataclass
class Town:
    """`north` sells; `juniper` buys of it; `rival` sells too and knows neither."""

    houses: dict[str, House]
    askers: list[Asker]

    def asker(self, label: str) -> Asker:
        return next(asker for asker in self.askers if asker.label == label)

    def relation(self, asker: Asker, house: House) -> policy.Rows | None:
        """The narrowest circle of the asker's that the house belongs to; None for a stranger's."""
        if asker.home == house.key:
            return policy.OWN
        if (asker.home, house.key) == ("juniper", "north"):
            return policy.SHARED
        return policy.PARTNERS if (asker.home, house.key) == ("north", "juniper") else None

    def secrets_from(self, asker: Asker) -> list[str]:
        """Words this asker may read nowhere."""
        if asker.everywhere:
            return []
        hidden = {policy.OWN: [], policy.SHARED: ["kept"], policy.PARTNERS: ["kept", "shown"]}
        every = ["kept", "shown", "name"]
        return [
            house.word(kind)
            for house in self.houses.values()
            for kind in hidden.get(self.relation(asker, house), every)
        ]


def build() -> Town:
    """In the caller's transaction."""
    with everyone("test"):
        sides = {"north": "wholesaler", "juniper": "retailer", "rival": "wholesaler"}
        houses = {key: _house(key, side, number) for number, (key, side) in enumerate(sides.items(), 1)}
        joined = make.connection(houses["north"].organization, houses["juniper"].organization)
        houses["north"].rows["accounts.connection"] = joined
        other = make.organization(side="retailer", name=houses["rival"].word("kept"))
        houses["rival"].rows["accounts.connection"] = make.connection(houses["rival"].organization, other)
        houses["north"].rows["orders.order"] = _order(houses["north"], houses["juniper"])
        houses["rival"].rows["orders.order"] = _order(houses["rival"], houses["rival"], buyer=other)
        for seller in (houses["north"], houses["rival"]):
            told = {"shown": seller.word("shown"), "kept": seller.word("kept")}
            seller.rows |= agreed(order=seller.rows["orders.order"], product=seller.rows["catalog.product"], **told)
        every = IntervalSchedule.objects.create(every=15, period="minutes")
        rule = ErrorRule.objects.create(pattern="of the platform", verdict="refused")
        houses["north"].rows["compliance.errorrule"] = rule
        call = Capability.objects.create(state="zz", act="accept", path="/transfers/v2/ours")
        window = MaintenanceWindow.objects.create(state="zz", begins_at=timezone.now(), ends_at=timezone.now() + HOUR)
        houses["north"].rows |= {"compliance.capability": call, "compliance.maintenancewindow": window}
        houses["north"].rows["django_celery_beat.periodictask"] = PeriodicTask.objects.create(
            name="sync stores", task="catalog.sync_stores", interval=every
        )
        return Town(houses, _askers(houses))


def _house(key: str, side: str, number: int) -> House:
    house = House(key, None)
    house.organization = make.organization(side=side, name=f"{house.word('name')} Company")
    house.rows["accounts.organization"] = house.organization
    _goods(house, number)
    _bookkeeping(house)
    _reported(house, number)
    _decided(house)
    _people(house)
    return house


def _order(seller: House, house: House, *, buyer=None) -> Order:
    """Its seller's, and the buyer reads it; each keeps something of it to itself. It goes to a door that the seller may
    read of."""
    door = make.location(organization=buyer or house.organization, name=f"{house.word('name')} door")
    order = make.order(
        seller=seller.organization, location=door, lines=[(seller.rows["catalog.shelfline"], 1)], note=door.name
    )
    for side in {seller.key: seller, house.key: house}.values():
        Message.objects.create(
            order=order,
            seller=seller.organization,
            buyer=order.buyer,
            at=timezone.now(),
            author_name=side.word("name"),
            organization=side.organization,
            internal=True,
            text=side.word("kept"),
        )
    return order


def _goods(house: House, number: int) -> None:
    """A shelf that partners may see, and beside it what they may not: an unlisted product, a closed site, costs."""
    owner, shown, kept = house.organization, house.word("shown"), house.word("kept")
    place = make.location(organization=owner, name=f"{shown} site", lsp=900 + number, loc=number, license_number=shown)
    closed = make.location(organization=owner, name=f"{kept} site", is_active=False)
    product = make.product(organization=owner, name=f"{shown} goods", sku=shown, brand=f"{shown} b", category=shown)
    hidden = make.product(organization=owner, name=f"{kept} goods", sku=kept, brand=f"{kept} b", is_listed=False)
    item = make.stock(location=place, product=product, tag=f"{shown} tag", unit_cost=Decimal("1.25"))
    make.stock(location=place, product=hidden, tag=f"{kept} tag")
    make.stock(location=closed, product=product, batch=f"{kept} batch")
    credential = Credential(organization=owner, location=place, kind=Credential.Kind.DUTCHIE_BACKOFFICE)
    credential.put_sign_in(username=f"{kept[:4]}{number}@{kept}.example", password=f"{kept} password")
    credential.last_reason = f"{kept} refused"
    credential.save(force_insert=True)
    house.rows |= {
        "accounts.location": place,
        "accounts.credential": credential,
        "catalog.product": product,
        "catalog.brand": product.brand,
        "catalog.category": product.category,
        "catalog.stockitem": item,
        "catalog.shelfline": product.shelf.get(location=place),
        "catalog.productlink": make.link(
            organization=owner,
            source_name=f"{kept} in doubt",
            candidates=[{"product": str(product.pk), "score": 61, "why": kept, "veto": ""}],
        ),
    }


def _bookkeeping(house: House) -> None:
    """Runs with what they changed, set aside and held; jobs, roads and the trail."""
    owner, place, kept = house.organization, house.rows["accounts.location"], house.word("kept")
    make.run(location=place, error=kept)
    run = make.run(location=place, state="held", error=kept)
    HeldSnapshot.objects.create(
        organization=owner, location=place, run=run, reasons=[{"code": "shrunk", "text": kept}], why=kept
    )
    StockChange.objects.create(
        organization=owner,
        run=run,
        location_id=place.pk,
        product_id=house.rows["catalog.product"].pk,
        inventory_id=house.rows["catalog.stockitem"].inventory_id,
        name=f"{kept} change",
        field="quantity",
        old="9",
        new="8",
        at=timezone.now(),
    )
    house.rows["core.syncrun"] = run
    house.rows["catalog.quarantinedrow"] = QuarantinedRow.objects.create(
        organization=owner,
        location=place,
        run=run,
        source="/reporting/inventory",
        position=7,
        fingerprint=kept,
        raw=f'{{"sku": "{kept}"}}'.encode(),
        reasons=[{"code": "number", "field": "unitPrice", "text": f"{kept} below zero."}],
        last_seen_at=timezone.now(),
    )
    house.rows["core.job"] = Job.objects.create(
        name="catalog.sync_inventory", organization_id=owner.pk, state="dead", error=f"{kept} broke"
    )
    house.rows["core.breaker"] = Breaker.objects.create(service="dutchie", key=str(place.pk), reason=f"{kept} road")
    house.rows["core.outboundcall"] = OutboundCall.objects.create(
        service="dutchie", key=str(place.pk), method="GET", path=f"/{kept}", seconds=0.2, outcome="ok", status=200
    )
    house.rows["core.auditentry"] = audit.record(f"{kept} person", "test.filled", run, organization=owner, note=kept)


def _reported(house: House, number: int) -> None:
    """What the state was told, what it said, and what METRC shows."""
    owner, place, kept = house.organization, house.rows["accounts.location"], house.word("kept")
    facility = reported.facility(place=place, number=f"{kept}-{number}", held_reason=f"{kept} held")
    common = {"organization": owner, "facility": facility}
    with scope(owner):
        report = reported.adjustment(facility=facility, reason=f"{kept} reason", note=kept)
        Report.objects.filter(pk=report.pk).update(state="REJECTED", last_error=f"{kept} refused")
        package = MetrcPackage.objects.create(
            **common,
            metrc_id=number,
            label=f"{kept} tag",
            item=kept,
            quantity=Decimal(1),
            unit="Each",
            modified_at=timezone.now(),
            read_at=timezone.now(),
        )
        tag = Tag.objects.create(**common, label=kept[:40], read_at=timezone.now())
        transfer = Transfer.objects.create(
            **common,
            direction="incoming",
            metrc_id=number,
            manifest_number=kept,
            shipper_license=kept,
            recipient_license=kept,
            state_pdf=f"%PDF {kept}".encode(),
            modified_at=timezone.now(),
            read_at=timezone.now(),
        )
        TransferPackage.objects.create(
            organization=owner, transfer=transfer, label=kept, shipped_quantity=Decimal(5), shipped_unit="Each"
        )
        received = _received(owner, facility, transfer, kept)
        shipped = reported.transfer(facility=facility, order=f"{kept} order", lines=[reported.line(kept)])
        said = {"kind": "quantity", "subject": kept, "ours": kept, "theirs": kept}
        difference = Discrepancy.objects.create(**common, **said)
    house.rows |= {
        "compliance.facility": facility,
        "compliance.report": report,
        "compliance.package": package,
        "compliance.tag": tag,
        "compliance.transfer": transfer,
        "compliance.receiptline": received,
        "compliance.manifest": Manifest.objects.get(report=shipped),
        "compliance.discrepancy": difference,
        "compliance.driver": reported.driver(at=owner, name=f"{kept} driver"),
        "compliance.vehicle": reported.vehicle(at=owner, plate=kept[:20]),
    }


def _received(owner, facility, transfer: Transfer, kept: str) -> ReceiptLine:
    """A package with a picture, which METRC shows otherwise; the transfer's own receipt."""
    key = accept_key(facility.number, transfer.metrc_id, transfer.delivery_id)
    report = Report.objects.create(
        organization=owner,
        facility=facility,
        kind="transfer_accept",
        state="REVIEW",
        business_key=key,
        lanes=[f"package:{kept}"],
        payload={"transfer": transfer.metrc_id, "delivery": 0, "manifest_number": kept},
        payload_sha256=kept,
        deadline_at=timezone.now(),
        filed_by=f"{kept} receiver",
        evidence={kept: ["Accepted", "4"]},
    )
    line = ReceiptLine(organization=owner, report=report, label=kept, decision="reject", quantity=0, unit="Each")
    line.put_photo(kept.encode())
    line.save()
    return line


def _decided(house: House) -> None:
    """What people decided and what was learned from it."""
    owner, kept, product = house.organization, house.word("kept"), house.rows["catalog.product"]
    link = house.rows["catalog.productlink"]
    told = {"organization": owner, "product": product}
    house.decisions["skip"] = MatchDecision.objects.create(
        **told, link=link, verb="skip", by=f"{kept} person", why=kept, at=timezone.now()
    )
    Alias.objects.create(**told, key=kept, name=kept)
    RejectedPair.objects.create(**told, lsp=link.lsp, dutchie_product=link.dutchie_product + 10**6)


def _people(house: House) -> None:
    member = make.user(email=f"member@{house.word('kept')}.test", at=house.organization, role="buyer", name="Member")
    house.rows["accounts.user"] = member
    house.rows["accounts.license"] = make.license(
        location=house.rows["accounts.location"], number=f"{house.word('kept')} no", note=house.word("kept")
    )
    keys = {"organization": house.organization, "by": member}
    house.rows["accounts.apikey"] = make.api_key(**keys, name=f"{house.word('kept')} key")[0]
    house.rows["accounts.invitation"] = make.invitation(**keys, email=f"asked@{house.word('kept')}.test")
    house.rows["accounts.membership"] = Membership.objects.get(user=member)


def _askers(houses: dict[str, House]) -> list[Asker]:
    """A viewer who was let into the back office, and a leader who was not, show that it takes both."""
    wanted = [Asker("anonymous", policy.ANONYMOUS), Asker("person", policy.PERSON)]
    wanted += [Asker("platform", policy.PLATFORM, is_staff=True)]
    for home in ("north", "juniper"):
        wanted += [Asker(f"{home} {role}", role, home, is_staff=True) for role in ("owner", "staff")]
    wanted += [
        Asker("north viewer in the office", policy.VIEWER, "north", is_staff=True),
        Asker("juniper buyer", policy.BUYER, "juniper"),
        Asker("juniper owner outside", policy.OWNER, "juniper"),
    ]
    reading = frozenset(scope for scope in rules.SCOPES if scope.endswith(":read"))
    keys = [_keyed("north key of every scope", houses["north"], frozenset(rules.SCOPES))]
    keys += [_keyed("juniper key that reads", houses["juniper"], reading)]
    return [_signed_in(asker, houses) for asker in wanted] + keys


def _keyed(label: str, house: House, scopes: frozenset[str]) -> Asker:
    """A program. That the key was used is noted beforehand, or every request would write so."""
    maker = make.user(at=house.organization, role="owner")
    row, text = make.api_key(organization=house.organization, by=maker, scopes=scopes, name=label)
    ApiKey.objects.filter(pk=row.pk).update(last_used_at=timezone.now() + timedelta(days=1))
    return Asker(label, policy.ANONYMOUS, house.key, key=text, scopes=scopes)


def _signed_in(asker: Asker, houses: dict[str, House]) -> Asker:
    if asker.role == policy.ANONYMOUS:
        return asker
    home = houses[asker.home].organization if asker.home else None
    email = f"{asker.label.replace(' ', '.')}@asker.test"
    user = make.user(email=email, at=home, role=asker.role, staff=asker.is_staff, superuser=asker.everywhere)
    return Asker(asker.label, asker.role, asker.home, asker.is_staff, user, _session(user))


def _session(user: User) -> str:
    client = Client()
    enter(client, user)
    session = client.session
    session["shown_at"] = timezone.now().isoformat()  # who they are was shown a moment ago
    session.save()
    return client.cookies["sessionid"].value
