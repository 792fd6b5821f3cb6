"""The rows of the POS as the OpenAPI (3.0.4, "Dutchie POS API") names them, with the value each has when empty."""


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def nothing(text: str) -> dict:
    """These fields, all null."""
    return dict.fromkeys(names(text))


IDENTITY = nothing(
    "locationName lspName address address2 city state postalCode licenseNumber doingBusinessAs globalId"
    " locationGlobalId lspGlobalId region regionId"
) | {"locationId": 0, "lspId": 0, "shareCustomerProfiles": False}

PACKAGE = nothing(
    "sku productName description categoryId category imageUrl quantityUnits recFlowerEquivalent batchName packageId"
    " packageStatus medUnitPrice recUnitPrice strainId strain strainType size testedDate sampleDate packagedDate"
    " manufacturingDate lastModifiedDateUtc labTestStatus vendorId vendor expirationDate pricingTierName alternateName"
    " brandId brandName externalPackageId producer producerId potencyIndicator masterCategory effectivePotencyMg"
    " packageNDC labResultUrl labResults roomQuantities tags lineage"
) | {
    "inventoryId": 0,
    "productId": 0,
    "quantityAvailable": 0.0,
    "unitWeight": 0.0,
    "unitWeightUnit": "g",
    "flowerEquivalent": 0.0,
    "flowerEquivalentUnits": "g",
    "batchId": 0,
    "unitPrice": 0.0,
    "medicalOnly": False,
    "isCannabis": True,
}
REPORTING_ONLY = {"unitCost": None, "allocatedQuantity": None}

ALLERGENS = dict.fromkeys(names("milk eggs fish peanuts treeNuts sesame shellfish soybeans wheat"), False)
PRODUCT = nothing(
    "sku internalName productName description masterCategory categoryId category imageUrl imageUrls strainId strain"
    " strainType size netWeight netWeightUnitId netWeightUnit brandId brandName vendorId vendorName thcContent"
    " thcContentUnit cbdContent cbdContentUnit productGrams flowerEquivalent recFlowerEquivalent price medPrice"
    " recPrice unitCost unitType onlineTitle onlineDescription onlineProduct posProducts pricingTier onlineAvailable"
    " lowInventoryThreshold pricingTierName pricingTierDescription pricingTierData flavor alternateName lineageName"
    " distillationName maxPurchaseablePerTransaction tags dosage instructions allergens defaultUnit producerId"
    " producerName createdDate lastModifiedDateUTC grossWeight isTaxable taxCategories upc regulatoryCategory ndc"
    " daysSupply illinoisTaxCategory externalCategory externalId regulatoryName administrationMethod unitCBDContentDose"
    " unitTHCContentDose oilVolume ingredientList expirationDays abbreviation servingSize servingSizePerUnit"
    " approvalDateUTC ecomCategory ecomSubcategory customMetadata"
) | {
    "productId": 0,
    "isCannabis": True,
    "isActive": True,
    "isCoupon": False,
    "standardAllergens": ALLERGENS,
    "isMedicalOnly": False,
    "syncExternally": False,
    "broadcastedResponses": {"responses": []},
    "isTestProduct": False,
    "isFinished": True,
    "allowAutomaticDiscounts": True,
    "isNutrient": False,
}

DISCOUNT = nothing(
    "id externalId validDateFrom validDateTo maxRedemptions redemptionLimit discountDescription discountCode"
    " applicationMethod onlineName startTime endTime monday tuesday wednesday thursday friday saturday sunday"
    " menuDisplay paymentRestrictions"
) | {
    "firstTimeCustomerOnly": 0,
    "applicationMethodId": 1,
    "canStackAutomatically": False,
    "locationRestrictions": [],
    "restrictToGroupIds": [],
    "isActive": True,
    "isBundledDiscount": False,
    "constraints": [],
}
REWARD = nothing("discountRewardId thresholdTypeId thresholdType itemGroupType thresholdMin thresholdMax") | {
    "discountId": 0,
    "calculationMethodId": 2,
    "calculationMethod": "PERCENT_OFF",
    "discountValue": 0.0,
    "includeNonCannabis": True,
    "highestOrLowest": "low",
    "hasThreshold": False,
    "itemGroupTypeId": 5,
    "applyToOnlyOneItem": False,
    "restrictions": {},
}

MENU = nothing("menuDisplayDescription menuDisplayImageUrl menuDisplayName") | {"menuDisplayRank": 0}

# What a package shows of its product: the product's name for it, the package's name for it.
SHOWN = {
    **{
        name: name
        for name in names(
            "sku productName description categoryId category masterCategory imageUrl strainId strain strainType size"
            " brandId brandName vendorId isCannabis flowerEquivalent recFlowerEquivalent alternateName pricingTierName"
            " producerId unitCost"
        )
    },
    "vendorName": "vendor",
    "producerName": "producer",
    "productGrams": "unitWeight",
    "defaultUnit": "quantityUnits",
    "isMedicalOnly": "medicalOnly",
    "price": "unitPrice",
    "medPrice": "medUnitPrice",
    "recPrice": "recUnitPrice",
}

# The reference lists: path, kind in the world, fields.
LISTS = {
    "/brand": ("brands", ("brandId", "brandName", "brandCatalogBrandId")),
    "/product-category": ("categories", ("productCategoryId", "productCategoryName", "masterCategory")),
    "/strains": (
        "strains",
        ("strainId", "strainName", "strainDescription", "strainAbbreviation", "strainType", "externalId"),
    ),
    "/vendor/vendors": (
        "vendors",
        names("vendorId vendorName address city state postalCode licenseNumber contactName contactEmail contactPhone"),
    ),
    "/tag": ("tags", ("tagId", "tagName")),
    "/pricing-tiers": ("pricingTiers", ("pricingTierId", "pricingTierName")),
    "/sizes": ("sizes", ("sizeId", "sizeName", "description")),
}
ROOM = dict.fromkeys(
    names(
        "isQuarantineRoom isVaultRoom isWaitingRoom isSalesFloor isPOSRoom isInventoryRoom isPreOrderRoom"
        " isEcommerceRoom"
    ),
    False,
)


def shown(row: dict, empty: dict) -> dict:
    """The row as it goes out: all fields there are, our own left at home, fields we do not know kept."""
    return {**empty, **{name: value for name, value in row.items() if not name.startswith("_")}}
