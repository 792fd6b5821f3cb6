"""Packages, what was adjusted on them, why it may be, what the lab found."""

from datetime import date, datetime
from decimal import Decimal

from msgspec import field

from apps.gateways.metrc.payloads.rows import Row


class Item(Row, frozen=True):
    """What is in a package. Inside a package METRC names the category ProductCategoryName, as here."""

    id: int = 0
    name: str = ""
    product_category_name: str = ""
    product_category_type: str = ""
    quantity_type: str = ""
    unit_of_measure_name: str = ""
    strain_name: str = ""
    item_brand_name: str = ""
    approval_status: str = ""


class Package(Row, frozen=True):
    """METRC's unit of stock, known by its tag: `label`, 24 characters. The same tag gets another `id` at each licence.

    `quantity` is in `unit_of_measure_name`; `lab_testing_state` such as TestPassed or NotSubmitted."""

    id: int
    label: str
    quantity: Decimal
    package_type: str = ""
    unit_of_measure_name: str = ""
    item: Item = field(default_factory=Item)
    location_name: str = ""
    lab_testing_state: str = ""
    packaged_date: date | None = None
    expiration_date: date | None = None
    received_at: datetime | None = field(name="ReceivedDateTime", default=None)
    received_from_manifest_number: str = ""
    received_from_facility_license_number: str = ""
    received_from_facility_name: str = ""
    is_on_hold: bool = False
    is_on_recall: bool = False
    is_finished: bool = False
    finished_date: date | None = None
    external_id: str = ""
    production_batch_number: str = ""
    source_package_labels: str = ""
    last_modified: datetime | None = None


class Adjusted(Row, frozen=True):
    """An adjustment that METRC has recorded. It has no id of its own: our reference in `note` is what tells it."""

    package_label: str
    quantity: Decimal = field(name="AdjustmentQuantity")
    package_id: int = 0
    unit_of_measure_name: str = field(name="AdjustmentUnitOfMeasureName", default="")
    reason: str = field(name="AdjustmentReasonName", default="")
    note: str = field(name="AdjustmentNote", default="")
    adjusted_by: str = field(name="AdjustedByUserName", default="")
    adjustment_date: date | None = None
    item_name: str = ""


class AdjustReason(Row, frozen=True):
    """A reason that this licence may adjust for."""

    name: str
    requires_note: bool = False
    requires_waste_weight: bool = False


class LabResult(Row, frozen=True):
    """One test of one package; `document_id` is the certificate's file, 0 for none."""

    id: int = field(name="LabTestResultId")
    test_type_name: str = ""
    test_passed: bool = False
    overall_passed: bool = False
    test_result_level: Decimal | None = None
    test_performed_date: date | None = None
    lab_facility_name: str = ""
    lab_facility_license_number: str = ""
    document_id: int = field(name="LabTestResultDocumentFileId", default=0)
    result_released: bool = False
    revoked_date: date | None = None
    expires_at: datetime | None = field(name="ExpirationDateTime", default=None)


class Available(Row, frozen=True):
    """A tag that lies unused in the drawer."""

    id: int
    label: str
    tag_type_name: str = ""
