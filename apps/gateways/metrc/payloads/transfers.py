"""Transfers as METRC registered them, their deliveries and packages; templates as it keeps them; files."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct, field

from apps.gateways.metrc.payloads.rows import Row


class Transfer(Row, frozen=True):
    """A registered transfer: it has a manifest number. `originating_template_id` is 0 where METRC doesn't say which of
    our templates it came from; `name` is the template's. An incoming row is one delivery, named by `delivery_id`."""

    id: int
    manifest_number: str = ""
    name: str = ""
    originating_template_id: int = 0
    shipper_facility_license_number: str = ""
    shipper_facility_name: str = ""
    recipient_facility_license_number: str = ""
    recipient_facility_name: str = ""
    delivery_id: int = 0
    delivery_count: int = 0
    received_delivery_count: int = 0
    package_count: int = 0
    received_package_count: int = 0
    shipment_type_name: str = ""
    shipment_transaction_type: str = ""
    invoice_number: str = ""
    is_voided: bool = False
    estimated_departure_local: datetime | None = field(name="EstimatedDepartureDateTime", default=None)
    estimated_arrival_local: datetime | None = field(name="EstimatedArrivalDateTime", default=None)
    departed_at: datetime | None = field(name="ActualDepartureDateTime", default=None)
    arrived_at: datetime | None = field(name="ActualArrivalDateTime", default=None)
    received_at: datetime | None = field(name="ReceivedDateTime", default=None)
    driver_name: str = ""
    driver_occupational_license_number: str = ""
    vehicle_make: str = ""
    vehicle_model: str = ""
    vehicle_license_plate_number: str = ""
    created_at: datetime | None = field(name="CreatedDateTime", default=None)
    created_by: str = field(name="CreatedByUserName", default="")
    last_modified: datetime | None = None


class Delivery(Row, frozen=True):
    """One stop of a transfer."""

    id: int
    delivery_number: int = 0
    recipient_facility_license_number: str = ""
    recipient_facility_name: str = ""
    manifest_number: str = ""
    shipment_type_name: str = ""
    planned_route: str = ""
    invoice_number: str = ""
    gross_weight: Decimal | None = None
    rejected_packages_returned: bool = False
    estimated_departure_local: datetime | None = field(name="EstimatedDepartureDateTime", default=None)
    estimated_arrival_local: datetime | None = field(name="EstimatedArrivalDateTime", default=None)
    received_at: datetime | None = field(name="ReceivedDateTime", default=None)


class DeliveryPackage(Row, frozen=True):
    """A package on a delivery; `shipment_package_state` is Shipped, Accepted, Rejected or Returned."""

    package_id: int
    package_label: str
    shipment_package_state: str = ""
    item_name: str = ""
    item_category_name: str = ""
    lab_testing_state: str = ""
    shipped_quantity: Decimal | None = None
    shipped_unit_of_measure_name: str = ""
    received_quantity: Decimal | None = None
    received_unit_of_measure_name: str = ""
    production_batch_number: str = ""
    external_id: str = ""


class WholesalePrice(Row, frozen=True):
    """What a package on a delivery cost, as each side told METRC."""

    package_id: int
    package_label: str
    shipper_wholesale_price: Decimal | None = None
    receiver_wholesale_price: Decimal | None = None


class Transporter(Row, frozen=True):
    """Who carries a delivery; the direction is Outbound or Return."""

    transporter_facility_license_number: str
    transporter_facility_name: str = ""
    transporter_direction: str = ""


class TransporterDetails(Row, frozen=True):
    """Who drives, and what."""

    driver_name: str = ""
    driver_occupational_license_number: str = ""
    driver_layover_leg: str = ""
    vehicle_make: str = ""
    vehicle_model: str = ""
    vehicle_license_plate_number: str = ""
    started_at: datetime | None = field(name="ActualDriverStartDateTime", default=None)


class TransferType(Row, frozen=True):
    """A kind of transfer that this licence may file; choose by the flags first, by the name after."""

    name: str
    transaction_type: str = ""
    for_licensed_shipments: bool = False
    for_external_incoming_shipments: bool = False
    for_external_outgoing_shipments: bool = False
    requires_invoice_number: bool = False
    requires_destination_gross_weight: bool = False
    requires_packages_gross_weight: bool = False
    requires_vehicle_registration_number: bool = False


class FiledTemplate(Row, frozen=True):
    """A template as METRC keeps it: ours, if the name is."""

    id: int
    name: str
    recipient_facility_license_number: str = ""
    delivery_count: int = 0
    package_count: int = 0
    estimated_departure_local: datetime | None = field(name="EstimatedDepartureDateTime", default=None)
    created_at: datetime | None = field(name="CreatedDateTime", default=None)
    last_modified: datetime | None = None


class File(Struct, frozen=True):
    """A document: a state manifest, a certificate of analysis."""

    content_type: str
    name: str
    content: bytes
