"""Licences and what belongs to them: people, drivers, vehicles, rooms, units."""

from datetime import date

from msgspec import field

from apps.gateways.metrc.payloads.rows import Row


class License(Row, frozen=True):
    """The state's number for a site."""

    number: str
    license_type: str = ""
    start_date: date | None = None
    end_date: date | None = None


class FacilityType(Row, frozen=True):
    """What this kind of licence may do."""

    can_sell_to_consumers: bool = False
    can_transfer_from_external_facilities: bool = False
    can_create_opening_balance_packages: bool = False
    can_create_derived_packages: bool = False
    can_test_packages: bool = False
    can_track_finished_goods: bool = False


class Facility(Row, frozen=True):
    """A licence that the user key opens."""

    license: License
    name: str = ""
    display_name: str = ""
    alias: str = ""
    facility_id: int = 0
    facility_type: FacilityType = field(default_factory=FacilityType)
    allow_transfer_of_on_hold_packages: bool = False
    is_owner: bool = False
    is_manager: bool = False


class Employee(Row, frozen=True):
    """Somebody with a badge at this licence."""

    full_name: str
    license: License | None = None
    is_owner: bool = False
    is_manager: bool = False


class Driver(Row, frozen=True):
    """A driver whom the licence has told METRC of."""

    id: int
    name: str
    drivers_license_number: str = ""
    employee_id: str = ""


class Vehicle(Row, frozen=True):
    """A vehicle that the licence has told METRC of."""

    id: int
    make: str = ""
    model: str = ""
    license_plate_number: str = ""


class Named(Row, frozen=True):
    """A row that is hardly more than its name: a room, a sublocation, a category."""

    name: str
    id: int = 0


class Unit(Row, frozen=True):
    """A unit of measure; `quantity_type` is CountBased, WeightBased or VolumeBased."""

    name: str
    abbreviation: str = ""
    quantity_type: str = ""
