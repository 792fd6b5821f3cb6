"""What one licence can ask of METRC, and what may be filed for it. No call here accepts a transfer or registers one:
METRC publishes none, people do both at its site. `published` is the seam for a state that comes to."""

import base64
import binascii
from datetime import date, datetime
from typing import Literal, TypeVar
from urllib.parse import quote

from msgspec import Struct

from apps.gateways.base import Unreachable
from apps.gateways.metrc import SERVICE
from apps.gateways.metrc.client import Licensed
from apps.gateways.metrc.payloads import (
    Accepted,
    Adjusted,
    Adjustment,
    AdjustReason,
    Available,
    Delivery,
    DeliveryPackage,
    Driver,
    Employee,
    Facility,
    File,
    FiledTemplate,
    Item,
    LabResult,
    Named,
    NewPackage,
    Package,
    Rows,
    Template,
    Transfer,
    TransferType,
    Transporter,
    TransporterDetails,
    Unit,
    Vehicle,
    WholesalePrice,
)
from apps.gateways.metrc.payloads.rows import Row, read_object

Shelf = Literal["active", "inactive", "onhold", "intransit", "transferred", "labsamples"]
Way = Literal["incoming", "outgoing", "rejected"]
TEMPLATES = "/transfers/v2/templates/outgoing"
ADJUST = "/packages/v2/adjust"
S = TypeVar("S", bound=Struct)
MOST_AT_ONCE = 10  # objects in one write; METRC answers 413 to more


class Finish(Struct, frozen=True, rename="pascal"):
    label: str
    actual_date: date


class Document(Row, frozen=True):
    """A file in JSON."""

    content_type: str = ""
    file_contents: str = ""
    file_download_name: str = ""


class Metrc(Licensed):
    """Every method raises Unreachable (try later), Declined (a person must look) and, where it files something,
    Unsettled (it may have happened: look it up first). Ranges are at most 24 hours; see `payloads.windows`."""

    # ---- who and where

    def facilities(self) -> Rows[Facility]:
        """The licences that the user key opens; the cheapest way to see whether the keys work."""
        return self._all("/facilities/v2", Facility, licenseNumber=None)

    def employees(self) -> Rows[Employee]:
        return self._all("/employees/v2", Employee)

    def drivers(self) -> Rows[Driver]:
        return self._all("/transporters/v2/drivers", Driver)

    def vehicles(self) -> Rows[Vehicle]:
        return self._all("/transporters/v2/vehicles", Vehicle)

    def locations(self) -> Rows[Named]:
        return self._all("/locations/v2/active", Named)

    def sublocations(self) -> Rows[Named]:
        return self._all("/sublocations/v2/active", Named)

    def units(self) -> Rows[Unit]:
        return self._all("/unitsofmeasure/v2/active", Unit, licenseNumber=None)

    def items(self) -> Rows[Item]:
        return self._all("/items/v2/active", Item)

    def item_categories(self) -> Rows[Named]:
        return self._all("/items/v2/categories", Named)

    def tags(self) -> Rows[Available]:
        """Package tags not yet used."""
        return self._all("/tags/v2/package/available", Available)

    # ---- packages

    def packages(
        self, shelf: Shelf = "active", since: datetime | None = None, until: datetime | None = None
    ) -> Rows[Package]:
        """The packages of a shelf, those changed in a range."""
        return self._all(f"/packages/v2/{shelf}", Package, since, until)

    def package(self, label: str) -> Package:
        """One package by its tag or id. Declined with status 404 where this licence has no such package."""
        return self._one(f"/packages/v2/{quote(label, safe='')}", Package, licenseNumber=self.license_number)

    def package_types(self) -> list[str]:
        return self._words("/packages/v2/types")

    def adjust_reasons(self) -> Rows[AdjustReason]:
        """The reasons this licence may name, which differ from state to state."""
        return self._all("/packages/v2/adjust/reasons", AdjustReason)

    def adjustments(self, since: datetime, until: datetime) -> Rows[Adjusted]:
        """What was adjusted in a range, by anybody."""
        return self._all("/packages/v2/adjustments", Adjusted, since, until)

    def adjustments_of(self, label: str, since: datetime, until: datetime) -> list[Adjusted]:
        """Those of one package: where an adjustment that was sent is looked up, by our reference in its note. A list
        without it proves nothing the first time: it may lag behind."""
        return [row for row in self.adjustments(since, until) if row.package_label == label]

    def lab_results(self, package_id: int) -> Rows[LabResult]:
        return self._all("/labtests/v2/results", LabResult, packageId=package_id)

    def lab_states(self) -> list[str]:
        return self._words("/labtests/v2/states")

    def lab_document(self, document_id: int) -> File:
        """A certificate of analysis."""
        return self._document(f"/labtests/v2/labtestdocument/{document_id}")

    def adjust_packages(self, *rows: Adjustment) -> Accepted:
        """Adds each row's signed quantity to its package. One row a call, so that an unclear outcome is of one act."""
        return self._file("POST", ADJUST, *_few(rows))

    def set_packages(self, *rows: Adjustment) -> Accepted:
        """Sets each package to the row's quantity: by PUT it is final, whatever was sold meanwhile is undone."""
        return self._file("PUT", ADJUST, *_few(rows))

    def create_packages(self, *rows: NewPackage) -> Accepted:
        """Packs new packages out of others; the answer's ids are theirs."""
        return self._file("POST", "/packages/v2/", *_few(rows))

    def finish_package(self, label: str, *, on_date: date) -> Accepted:
        """Closes an empty package on this day."""
        return self._file("PUT", "/packages/v2/finish", Finish(label, on_date))

    # ---- transfers

    def transfers(self, way: Way, since: datetime | None = None, until: datetime | None = None) -> Rows[Transfer]:
        """Registered transfers to or from this licence, those changed in a range."""
        return self._all(f"/transfers/v2/{way}", Transfer, since, until)

    def transfer_types(self) -> Rows[TransferType]:
        return self._all("/transfers/v2/types", TransferType)

    def deliveries(self, transfer_id: int) -> Rows[Delivery]:
        """The stops of an outgoing transfer; an incoming one names its delivery itself."""
        return self._all(f"/transfers/v2/{transfer_id}/deliveries", Delivery, licenseNumber=None)

    def delivery_packages(self, delivery_id: int) -> Rows[DeliveryPackage]:
        return self._all(f"/transfers/v2/deliveries/{delivery_id}/packages", DeliveryPackage, licenseNumber=None)

    def delivery_prices(self, delivery_id: int) -> Rows[WholesalePrice]:
        """Needs a permission of its own: Declined with status 401 without it."""
        return self._all(
            f"/transfers/v2/deliveries/{delivery_id}/packages/wholesale", WholesalePrice, licenseNumber=None
        )

    def transporters(self, delivery_id: int) -> Rows[Transporter]:
        return self._all(f"/transfers/v2/deliveries/{delivery_id}/transporters", Transporter, licenseNumber=None)

    def transporter_details(self, delivery_id: int) -> Rows[TransporterDetails]:
        path = f"/transfers/v2/deliveries/{delivery_id}/transporters/details"
        return self._all(path, TransporterDetails, licenseNumber=None)

    def delivery_package_states(self) -> list[str]:
        return self._words("/transfers/v2/deliveries/packages/states")

    def manifest_pdf(self, transfer_id: int) -> File:
        """The state's own manifest, which the driver carries."""
        return self._document(f"/transfers/v2/manifest/{transfer_id}/pdf")

    # ---- templates

    def templates(self, since: datetime | None = None, until: datetime | None = None) -> Rows[FiledTemplate]:
        """Templates that are not archived, those changed in a range."""
        return self._all(TEMPLATES, FiledTemplate, since, until)

    def find_templates(
        self, name: str, since: datetime | None = None, until: datetime | None = None
    ) -> list[FiledTemplate]:
        """Those of this name: METRC takes one name twice. None proves nothing the first time: the list may lag."""
        return [row for row in self.templates(since, until) if row.name == name]

    def template_deliveries(self, template_id: int) -> Rows[Delivery]:
        return self._all(f"{TEMPLATES}/{template_id}/deliveries", Delivery)

    def template_packages(self, delivery_id: int) -> Rows[DeliveryPackage]:
        return self._all(f"{TEMPLATES}/deliveries/{delivery_id}/packages", DeliveryPackage)

    def create_transfer_template(self, template: Template) -> Accepted:
        return self._file("POST", TEMPLATES, template)

    def update_transfer_template(self, template: Template) -> Accepted:
        """Writes the template anew; it names `transfer_template_id`, its destinations theirs."""
        return self._file("PUT", TEMPLATES, template)

    def archive_transfer_template(self, template_id: int) -> None:
        self.delete(f"{TEMPLATES}/{template_id}", licenseNumber=self.license_number)

    # ---- what only some state publishes

    def published(self, method: Literal["POST", "PUT"], path: str, row: Struct) -> Accepted:
        """A call that is named by the caller's own data, never here. Declined with status 404 where there is none."""
        return self._file(method, path, row)

    def _document(self, path: str) -> File:
        """A file, whether it comes as it is or wrapped into JSON."""
        body = self.get(path, licenseNumber=self.license_number)
        if body.startswith(b"%PDF"):
            return File("application/pdf", "", body)
        document = read_object(body, Document)
        try:
            content = base64.b64decode(document.file_contents, validate=True)
        except binascii.Error as trouble:
            raise Unreachable(SERVICE, "The document can't be read.") from trouble
        return File(document.content_type, document.file_download_name, content)


def _few(rows: tuple[S, ...]) -> tuple[S, ...]:
    if not 0 < len(rows) <= MOST_AT_ONCE:
        raise ValueError(f"One call takes 1 to {MOST_AT_ONCE} rows.")
    return rows
