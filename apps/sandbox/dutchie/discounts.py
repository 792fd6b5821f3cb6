"""Discounts in the three shapes the POS has: v2 as the real rows write it, published and reporting."""

from apps.sandbox.clock import moment

from . import ask, shapes
from .shelf import belongs

LOYALTY = 15
TYPES = {
    1: "Amount Off",
    2: "Percent",
    3: "Price To Amount",
    4: "Cost Plus Percent",
    5: "Amount Off - Total Amount",
    6: "Price To Amount - Total Amount",
    LOYALTY: "Loyalty Multiplier",
}
DIMENSIONS = {
    "products": "Product",
    "productCategories": "Category",
    "brands": "Brand",
    "vendors": "Vendor",
    "strains": "Strain",
    "tiers": "Tier",
    "tags": "Tag",
    "inventoryTags": "InventoryTag",
    "customerTypes": "CustomerType",
}
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def listed(view, store, query):
    """/discounts/v2/list: restrictions are `{}` unless asked for, which does not mean "the whole store"."""
    told = ask.flag(query, "includeInclusionExclusionData")
    paid = ask.flag(query, "includePaymentRestrictions")
    rows = _rows(view, store, inactive=ask.flag(query, "includeInactive"))
    return [_v2(row, told=told, paid=paid) for row in rows]


def published(view, store, query):
    """/discounts, the older shape; it leaves loyalty multipliers out."""
    told = ask.flag(query, "includeInclusionExclusionData")
    rows = _rows(view, store, inactive=ask.flag(query, "includeInactive"))
    return [_published(row, told=told) for row in rows if row["reward"]["calculationMethodId"] != LOYALTY]


def reporting(view, store, query):
    """/reporting/discounts: manual and switched-off ones too, deleted ones when asked for."""
    deleted = ask.flag(query, "includeDeleted")
    rows = [row for row in _of_tenant(view, store) if deleted or not row.get("_isDeleted")]
    return [_published(row, told=True) | _report(view, row) for row in rows]


def _rows(view, store, *, inactive: bool):
    """The tenant's discounts. `isActive` is only a switch: as on the wire, rows whose time is over stay in the list,
    unless the setting `dropExpired` says otherwise."""
    rows = _of_tenant(view, store)
    if not inactive:
        rows = [row for row in rows if row["isActive"] and not row.get("_isDeleted")]
    if view.setting("dropExpired"):
        rows = [row for row in rows if not row["validDateTo"] or moment(row["validDateTo"]) > view.now()]
    return rows


def _of_tenant(view, store):
    """With every field, also those a merge patch took away for being null."""
    return [_whole(row) for row in view.rows("discounts") if belongs(row, store)]


def _whole(row):
    menu = row.get("menuDisplay")
    return {
        **shapes.DISCOUNT,
        **row,
        "reward": {**shapes.REWARD, **row.get("reward", {})},
        "menuDisplay": menu and {**shapes.MENU, **menu},
    }


def _v2(row, *, told: bool, paid: bool):
    shown = {name: value for name, value in row.items() if not name.startswith("_")}
    if not told:
        shown["reward"] = {**row["reward"], "restrictions": {}}
        shown["constraints"] = [{**constraint, "restrictions": {}} for constraint in row["constraints"]]
    return shown if paid else {**shown, "paymentRestrictions": None}


def _published(row, *, told: bool):
    reward = row["reward"]
    condition = row["constraints"][0] if row["constraints"] else reward
    scope = reward["restrictions"] if told else {}
    return {
        "discountId": row["id"],
        "discountName": row["discountDescription"],
        "discountAmount": reward["discountValue"],
        "discountCode": row["discountCode"],
        "discountType": TYPES.get(reward["calculationMethodId"]),
        "discountMethod": row["applicationMethod"],
        "isActive": row["isActive"],
        "validFrom": row["validDateFrom"],
        "validUntil": row["validDateTo"],
        "thresholdType": condition["thresholdType"],
        "minimumItemsRequired": condition["thresholdMin"],
        "maximumItemsAllowed": reward["thresholdMax"],
        "maximumUsageCount": row["maxRedemptions"],
        "includeNonCannabis": reward["includeNonCannabis"],
        "firstTimeCustomerOnly": row["firstTimeCustomerOnly"] > 0,
        "stackOnOtherDiscounts": row["canStackAutomatically"],
        "weeklyRecurrenceInfo": _week(row),
        **{name: _restriction(scope.get(dimension)) for name, dimension in DIMENSIONS.items()},
        "discountGroups": [],
    }


def _report(view, row):
    return {
        "isAvailableOnline": row.get("_isAvailableOnline", True),
        "applicationMethod": row["applicationMethod"],
        "externalId": row["externalId"],
        "requireManagerApproval": row.get("_requireManagerApproval", False),
        "isDeleted": row.get("_isDeleted", False),
        "appliesToLocations": [{"locationName": _name(view, id)} for id in row["locationRestrictions"]],
    }


def _name(view, location):
    return view.get("locations", location, {}).get("locationName", f"Location {location}")


def _week(row):
    """The older shape has no null: no chosen day is every day."""
    chosen = any(row[day] for day in DAYS)
    days = {f"appliesOn{day.capitalize()}": bool(row[day]) if chosen else True for day in DAYS}
    return {"startTime": row["startTime"], "endTime": row["endTime"], **days}


def _restriction(restriction):
    restriction = restriction or {"restrictionIds": [], "isExclusion": False}
    return {"ids": restriction["restrictionIds"], "isExclusion": restriction["isExclusion"]}
