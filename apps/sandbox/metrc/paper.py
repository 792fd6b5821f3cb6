"""Documents that METRC prints: the state's manifest, a certificate of analysis. Plain; their text can be read out."""

import base64
from html import escape
from io import BytesIO

from apps.sandbox.wire import Answer, as_json

from .ask import Ask, Refused
from .transfers import packages_of, visible

LEFT, TOP, STEP, BOTTOM = 50, 790, 14, 60  # points


def manifest_pdf(ask: Ask):
    transfer = _transfer(ask)
    return _file(f"Manifest_{transfer['ManifestNumber']}.pdf", _drawn(_lines(ask, transfer)))


def manifest_html(ask: Ask):
    lines = "".join(f"<p>{escape(line)}</p>" for line in _lines(ask, _transfer(ask)))
    return Answer(body=f"<!doctype html><title>Manifest</title>{lines}".encode(), type="text/html; charset=utf-8")


def certificate(ask: Ask):
    rows = ask.view.rows("labResults")
    tests = [row for row in rows if str(row["LabTestResultDocumentFileId"]) == ask.said["id"]]
    held = {row["Label"] for row in ask.view.rows("packages") if row["_facility"] == ask.licence}
    if not tests or tests[0]["_label"] not in held:
        raise Refused("Document was not found.", status=404)
    heads = ["Certificate of Analysis", tests[0]["LabFacilityName"], f"Package {tests[0]['_label']}", ""]
    lines = [f"{row['TestTypeName']}: {row['TestResultLevel']}" for row in tests]
    return _file(f"COA_{ask.said['id']}.pdf", _drawn(heads + lines))


def _transfer(ask: Ask) -> dict:
    transfer = ask.view.get("transfers", ask.said["id"])
    if transfer is None or not visible(ask, transfer):
        raise Refused("Transfer was not found.", status=404)
    return transfer


def _lines(ask: Ask, transfer: dict) -> list[str]:
    heads = [
        f"Cannabis Transport Manifest {transfer['ManifestNumber']}",
        f"Created {transfer['CreatedDateTime']} by {transfer['CreatedByUserName']}",
        f"From {transfer['ShipperFacilityName']}, {transfer['ShipperFacilityLicenseNumber']}",
        f"Driver {transfer['DriverName']}, vehicle {transfer['VehicleMake']} {transfer['VehicleModel']}"
        f" {transfer['VehicleLicensePlateNumber']}",
    ]
    return heads + [line for id in transfer["_deliveries"] for line in _stop(ask, ask.view.get("deliveries", id))]


def _stop(ask: Ask, delivery: dict) -> list[str]:
    heads = [
        "",
        f"To {delivery['RecipientFacilityName']}, {delivery['RecipientFacilityLicenseNumber']}",
        f"Route: {delivery['PlannedRoute']}",
        f"Leaves {delivery['EstimatedDepartureDateTime']}, arrives {delivery['EstimatedArrivalDateTime']}",
    ]
    return heads + [
        f"{place}. {row['PackageLabel']} {row['ItemName']} {row['ShippedQuantity']:g} {row['ShippedUnitOfMeasureName']}"
        for place, row in enumerate(packages_of(ask.view, delivery["Id"]), 1)
    ]


def _file(name: str, content: bytes):
    contents = base64.b64encode(content).decode()
    return as_json({"ContentType": "application/pdf", "FileContents": contents, "FileDownloadName": name})


def _drawn(lines: list[str]) -> bytes:
    from reportlab.pdfgen.canvas import Canvas  # half a second to import, and few ask for paper

    made = BytesIO()
    canvas = Canvas(made, pagesize=(595, 842), invariant=True, pageCompression=0)
    at = TOP
    for line in lines:
        if at < BOTTOM:
            canvas.showPage()
            at = TOP
        canvas.drawString(LEFT, at, line)
        at -= STEP
    canvas.save()
    return made.getvalue()
