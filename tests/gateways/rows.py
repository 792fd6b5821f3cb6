"""A good stock row as the POS sends it, and forty ways to spoil one."""

import json

GOOD = {
    "inventoryId": 9001,
    "productId": 401,
    "sku": "00417",
    "productName": "Blue Slate",
    "description": "Dense and bright.",
    "categoryId": 7,
    "category": "Flower",
    "masterCategory": "Flower",
    "imageUrl": "https://img.example/9001.jpg",
    "quantityAvailable": 12.0,
    "quantityUnits": "ea",
    "allocatedQuantity": 2.0,
    "unitWeight": 3.5,
    "unitWeightUnit": "g",
    "unitCost": 11.25,
    "unitPrice": 24.5,
    "medUnitPrice": 24.5,
    "recUnitPrice": None,
    "flowerEquivalent": 3.5,
    "batchId": 501,
    "batchName": "B-17",
    "packageId": "P-1",
    "packageStatus": "Active",
    "externalPackageId": "1A4050300000417000000123",
    "strain": "Blue Slate",
    "strainType": "Hybrid",
    "size": "3.5g",
    "labResults": [{"labTest": "THC", "value": 23.41, "labResultUnitId": 1, "labResultUnit": "Percentage"}],
    "labTestStatus": "Passed",
    "labResultUrl": None,
    "testedDate": "2026-03-01T00:00:00",
    "packagedDate": "2026-03-05T00:00:00",
    "expirationDate": "2027-03-05T00:00:00",
    "lastModifiedDateUtc": "2026-05-01T12:13:14.123",
    "vendor": "Slow Orchard",
    "roomQuantities": [{"roomId": 1, "room": "Vault", "quantityAvailable": 12.0}],
    "pricingTierName": None,
    "tags": [{"tagId": 4, "tagName": "New", "packageId": "P-1"}],
    "brandId": 9,
    "brandName": "Cinder Hollow",
    "medicalOnly": False,
    "isCannabis": True,
    "lineage": [],
    "effectivePotencyMg": None,
}


def good(number=0, **changes):
    """The good row under another id, with `changes` by wire name."""
    return GOOD | {"inventoryId": GOOD["inventoryId"] + number} | changes


def wire(row) -> bytes:
    return json.dumps(row, separators=(",", ":")).encode()


def page(*rows: bytes) -> bytes:
    return b"[" + b",".join(rows) + b"]"


def putting(field, value):
    """Spoils by another value."""
    return lambda row: wire(row | {field: value})


def writing(field, text: bytes):
    """Spoils by bytes that json wouldn't write."""
    return lambda row: wire(row | {field: "@@"}).replace(b'"@@"', text)


def without(field):
    return lambda row: wire({name: value for name, value in row.items() if name != field})


def lab(**changes):
    return putting("labResults", [GOOD["labResults"][0] | changes])


# How to spoil a row → the code that must be among its reasons.
MUTATIONS = {
    "price NaN": (writing("unitPrice", b"NaN"), "number.not_finite"),
    "price Infinity": (writing("unitPrice", b"Infinity"), "number.not_finite"),
    "cost -Infinity": (writing("unitCost", b"-Infinity"), "number.not_finite"),
    "price as the text NaN": (putting("unitPrice", "NaN"), "number.not_finite"),
    "a field we don't read NaN": (writing("price", b"NaN"), "number.not_finite"),
    "price 1e400": (writing("unitPrice", b"1e400"), "number.out_of_range"),
    "price 1e99999999999999999999": (writing("unitPrice", b"1e99999999999999999999"), "number.not_finite"),
    "price 1e12": (putting("unitPrice", 10**12), "number.out_of_range"),
    "price of 5000 digits": (writing("unitPrice", b"9" * 5000), "number.out_of_range"),
    "price a cent too high": (writing("unitPrice", b"100000000.00"), "number.out_of_range"),
    "price below zero": (putting("unitPrice", -0.01), "number.out_of_range"),
    "quantity below zero": (putting("quantityAvailable", -3), "number.out_of_range"),
    "cost below zero": (putting("unitCost", -1), "number.out_of_range"),
    "price in words": (putting("unitPrice", "twelve"), "number.not_a_number"),
    "price with a comma": (putting("unitPrice", "1,299.00"), "number.not_a_number"),
    "price empty text": (putting("unitPrice", ""), "number.not_a_number"),
    "price true": (putting("unitPrice", True), "number.not_a_number"),
    "price a list": (putting("unitPrice", [24.5]), "number.not_a_number"),
    "price null": (putting("unitPrice", None), "number.missing"),
    "no quantity": (without("quantityAvailable"), "number.missing"),
    "no id": (without("inventoryId"), "id.missing"),
    "id null": (putting("inventoryId", None), "id.missing"),
    "id as text": (putting("inventoryId", "9001"), "number.not_whole"),
    "id with a fraction": (putting("inventoryId", 1.5), "number.not_whole"),
    "id zero": (putting("inventoryId", 0), "number.out_of_range"),
    "id past 64 bits": (putting("inventoryId", 2**63), "number.out_of_range"),
    "no product": (without("productId"), "id.missing"),
    "brand id as text": (putting("brandId", "nine"), "number.not_whole"),
    "NUL in the name": (putting("productName", "Blue\0Slate"), "text.nul"),
    "name of 5 MB": (putting("productName", "x" * 5_000_000), "text.too_long"),
    "name a number": (putting("productName", 417), "text.not_text"),
    "half a character": (writing("productName", b'"\\ud83c"'), "text.lone_surrogate"),
    "bytes that aren't UTF-8": (writing("productName", b'"\xff\xfe"'), "text.not_utf8"),
    "expiry the 31st of February": (putting("expirationDate", "2026-02-31T00:00:00"), "date.unreadable"),
    "expiry in words": (putting("expirationDate", "soon"), "date.unreadable"),
    "changed a number": (putting("lastModifiedDateUtc", 1700000000), "date.unreadable"),
    "changed past the end of time": (putting("lastModifiedDateUtc", "9999-12-31T23:59:59-12:00"), "date.unreadable"),
    "flag in words": (putting("isCannabis", "yes"), "flag.not_a_flag"),
    "flag null": (putting("medicalOnly", None), "flag.not_a_flag"),
    "labs an object": (putting("labResults", {}), "list.not_a_list"),
    "labs of numbers": (putting("labResults", [1]), "list.not_an_object"),
    "lab value NaN": (lab(value=float("nan")), "number.not_finite"),
    "lab value in words": (lab(value="high"), "number.not_a_number"),
    "NUL in a lab": (lab(labTest="TH\0C"), "text.nul"),
    "a number for a row": (lambda row: b"12", "row.not_an_object"),
    "null for a row": (lambda row: b"null", "row.not_an_object"),
    "a list for a row": (lambda row: b"[1,2]", "row.not_an_object"),
    "ten thousand brackets": (writing("sku", b"[" * 10_000 + b"]" * 10_000), None),
    "cut off": (lambda row: wire(row)[:90], "row.not_json"),
    "cut off inside a text": (lambda row: wire(row)[:50], "row.not_json"),
    "one brace too many": (lambda row: wire(row) + b"}", "row.not_json"),
    "one comma too many": (lambda row: wire(row)[:-1] + b",}", "row.not_json"),
    "single quotes": (lambda row: str(row).encode(), "row.not_json"),
}
