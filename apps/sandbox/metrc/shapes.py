"""The rows of METRC's web API as clients saw them, with the value each field has when empty."""

from datetime import UTC, datetime


def names(text: str) -> list[str]:
    return text.split()


def nothing(text: str) -> dict:
    """These fields, all null."""
    return dict.fromkeys(names(text))


FACILITY_TYPE = dict.fromkeys(
    names(
        "CanSellToConsumers CanTransferFromExternalFacilities CanCreateOpeningBalancePackages CanTestPackages"
        " CanCreateDerivedPackages CanTrackFinishedGoods"
    ),
    False,
)
FACILITY = nothing("Name DisplayName Alias Email SupportActivationDate CredentialedDate License") | {
    "HireDate": "0001-01-01",
    "FacilityId": 0,
    "IsOwner": True,
    "IsManager": True,
    "IsFinancialContact": False,
    "Occupations": [],
    "FacilityType": FACILITY_TYPE,
    "AllowTransferOfOnHoldPackages": False,
}
ITEM = nothing(
    "Id Name ProductCategoryName ProductCategoryType QuantityType DefaultLabTestingState UnitOfMeasureName"
    " ApprovalStatus ApprovalStatusDateTime StrainId StrainName ItemBrandId ItemBrandName UnitCbdPercent UnitThcPercent"
    " UnitVolume UnitWeight UnitWeightUnitOfMeasureName ServingSize Description ExpirationDateConfiguration"
)
PACKAGE = nothing(
    "Id Label PackageType SourceHarvestCount SourcePackageCount SourceHarvestNames SourcePackageLabels LocationId"
    " LocationName LocationTypeName SublocationId SublocationName UnitOfMeasureName UnitOfMeasureAbbreviation"
    " PatientLicenseNumber ItemFromFacilityLicenseNumber ItemFromFacilityName Note PackagedDate ExpirationDate"
    " SellByDate UseByDate LabTestingStateDate ProductionBatchNumber ReceivedDateTime ReceivedFromManifestNumber"
    " ReceivedFromFacilityLicenseNumber ReceivedFromFacilityName FinishedDate ExternalId ArchivedDate LastModified Item"
) | {
    "Quantity": 0.0,
    "PackageType": "Product",
    "InitialLabTestingState": "NotSubmitted",
    "LabTestingState": "NotSubmitted",
    "IsProductionBatch": False,
    "IsTradeSample": False,
    "IsDonation": False,
    "IsTestingSample": False,
    "SourcePackageIsDonation": False,
    "IsProcessValidationTestingSample": False,
    "ProductRequiresRemediation": False,
    "ContainsRemediatedProduct": False,
    "IsOnHold": False,
    "IsOnRecall": False,
    "IsFinished": False,
    "IsOnRetailerDelivery": False,
}
ADJUSTMENT = nothing(
    "PackageId PackageLabel AdjustmentDate AdjustmentQuantity AdjustmentUnitOfMeasureName AdjustmentReasonName"
    " AdjustmentNote AdjustedByUserName ItemName ItemCategoryName PackagedDate"
)
TRANSFER = nothing(
    "Id ManifestNumber Name OriginatingTemplateId ShipperFacilityLicenseNumber ShipperFacilityName"
    " TransporterFacilityLicenseNumber TransporterFacilityName DriverName DriverOccupationalLicenseNumber"
    " DriverVehicleLicenseNumber VehicleMake VehicleModel VehicleLicensePlateNumber CreatedDateTime CreatedByUserName"
    " LastModified DeliveryFacilities RecipientFacilityLicenseNumber RecipientFacilityName ShipmentTypeName"
    " ShipmentTransactionType InvoiceNumber EstimatedDepartureDateTime ActualDepartureDateTime"
    " EstimatedArrivalDateTime ActualArrivalDateTime ReceivedDateTime"
) | {
    "ShipmentLicenseType": "Licensed",
    "DeliveryId": 0,
    "DeliveryCount": 0,
    "ReceivedDeliveryCount": 0,
    "PackageCount": 0,
    "ReceivedPackageCount": 0,
    "DeliveryPackageCount": 0,
    "DeliveryReceivedPackageCount": 0,
    "ContainsPlantPackage": False,
    "ContainsProductPackage": True,
    "ContainsTradeSample": False,
    "ContainsDonation": False,
    "ContainsTestingSample": False,
    "IsVoided": False,
}
DELIVERY = nothing(
    "Id DeliveryNumber RecipientFacilityLicenseNumber RecipientFacilityName ShipmentTypeName ShipmentTransactionType"
    " EstimatedDepartureDateTime ActualDepartureDateTime EstimatedArrivalDateTime ActualArrivalDateTime"
    " GrossWeight GrossUnitOfWeightName PlannedRoute InvoiceNumber ManifestNumber ReceivedDateTime"
) | {"DeliveryPackageCount": 0, "DeliveryReceivedPackageCount": 0, "RejectedPackagesReturned": False}
DELIVERY_PACKAGE = nothing(
    "PackageId PackageLabel PackageType SourceHarvestNames SourcePackageLabels ItemName ItemCategoryName"
    " ItemStrainName LabTestingState ProductionBatchNumber ShipmentPackageState ShippedQuantity"
    " ShippedUnitOfMeasureName GrossUnitOfWeightName ReceivedQuantity ReceivedUnitOfMeasureName PackagedDate"
    " ExpirationDate ExternalId GrossWeight"
)
TRANSPORTER = nothing(
    "TransporterFacilityLicenseNumber TransporterFacilityName TransporterDirection TransportRejectedDateTime"
)
TRANSPORTER_DETAILS = nothing(
    "DriverName DriverOccupationalLicenseNumber DriverVehicleLicenseNumber DriverLayoverLeg VehicleMake VehicleModel"
    " VehicleLicensePlateNumber ActualDriverStartDateTime AcceptedDateTime"
)
LAB_RESULT = nothing(
    "LabTestResultId PackageId LabFacilityLicenseNumber LabFacilityName SourcePackageLabel ProductName"
    " ProductCategoryName TestPerformedDate TestTypeName TestResultLevel TestComment LabTestResultDocumentFileId"
    " ResultReleaseDateTime RevokedDate ExpirationDateTime"
) | {"OverallPassed": True, "TestPassed": True, "TestInformationalOnly": False, "ResultReleased": True}
RECEIPT = nothing(
    "Id ReceiptNumber ExternalReceiptNumber SalesDateTime SalesCustomerType ReceivedDateTime RecordedDateTime"
    " RecordedByUserName LastModified Transactions"
) | {"TotalPackages": 0, "TotalPrice": 0.0, "IsFinal": False}

LAB_STATES = names(
    "NotSubmitted SubmittedForTesting TestFailed TestPassed TestingInProgress AwaitingConfirmation RetestFailed"
    " RetestPassed Remediated SelectedForRandomTesting NotRequired ProcessValidated"
)
DELIVERY_STATES = ["Shipped", "Accepted", "Rejected", "Returned"]
PACKAGE_TYPES = ["Product", "ImmaturePlant", "VegetativePlant", "Seeds"]


def shown(row: dict, empty: dict | None = None) -> dict:
    """The row as it goes out: all fields there are, our own left at home."""
    return {**(empty or {}), **{name: value for name, value in row.items() if not name.startswith("_")}}


def stamp(moment: datetime) -> str:
    """As METRC writes moments: 2026-11-17T10:42:00.123+00:00."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
