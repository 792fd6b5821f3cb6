"""The doors of this app: a retailer's pages in `portal`, `quick`, `deliveries` and `invoices`, JSON in `api`."""

from django.urls import path

from . import api as endpoints
from .views import (
    adding,
    drafts,
    exporting,
    leaving,
    lists,
    page,
    papers,
    receiving,
    reordering,
    saved,
    statement,
    submitting,
    weekly,
)
from .views import deliveries as coming
from .views import invoices as bills
from .views import (
    quick as quick_order,
)

portal = [
    path("", lists.listing, name="list"),
    path("new/", drafts.new, name="new"),
    path("add/", adding.add, name="add"),
    path("views/", saved.change, name="views"),
    path("export.csv", exporting.listed, {"kind": "csv"}, name="export_csv"),
    path("export.xlsx", exporting.listed, {"kind": "xlsx"}, name="export_xlsx"),
    path("per-week/", weekly.weekly, name="weekly"),
    path("per-week.csv", weekly.as_csv, name="weekly_csv"),
    path("<str:number>/", page.detail, name="detail"),
    path("<str:number>/edit/", drafts.change, name="edit"),
    path("<str:number>/use/", adding.use, name="use"),
    path("<str:number>/delete/", drafts.delete, name="delete"),
    path("<str:number>/submit/", submitting.submit, name="submit"),
    path("<str:number>/answer/<slug:verb>/", page.answer, name="answer"),
    path("<str:number>/messages/", page.write, name="write"),
    path("<str:number>/cancel/", leaving.cancel, name="cancel"),
    path("<str:number>/ask-to-cancel/", leaving.ask_cancel, name="ask_cancel"),
    path("<str:number>/receive/", receiving.receive, name="receive"),
    path("<str:number>/dispute/", receiving.dispute, name="dispute"),
    path("<str:number>/photos/", receiving.shown, name="photos"),
    path("<str:number>/return/", receiving.ask_return, name="ask_return"),
    path("<str:number>/track/", receiving.track, name="track"),
    path("<str:number>/reorder/", reordering.reorder, name="reorder"),
    path("<str:number>/docs/confirmation.pdf", papers.paper, {"kind": "confirmation"}, name="confirmation"),
    path("<str:number>/docs/packing-list.pdf", papers.paper, {"kind": "packing-list"}, name="packing_list"),
    path("<str:number>/order.csv", exporting.one, {"kind": "csv"}, name="as_csv"),
    path("<str:number>/order.json", exporting.one, {"kind": "json"}, name="as_json"),
    path("<str:number>/docs/invoice.pdf", papers.paper, {"kind": "invoice"}, name="invoice"),
]
quick = [
    path("", quick_order.order, name="order"),
    path("sample.csv", quick_order.sample, {"kind": "csv"}, name="sample_csv"),
    path("sample.xlsx", quick_order.sample, {"kind": "xlsx"}, name="sample_xlsx"),
]

deliveries = [
    path("", coming.listing, name="list"),
    path("add/", coming.add, name="add"),
]

api = [
    path("orders/", endpoints.Orders.as_view(), name="orders"),
    path("orders/<str:number>/", endpoints.OneOrder.as_view(), name="order"),
    path("orders/<str:number>/transitions/", endpoints.Transitions.as_view(), name="order-transitions"),
    path("orders/<str:number>/events/", endpoints.Events.as_view(), name="order-events"),
    path("orders/<str:number>/messages/", endpoints.Messages.as_view(), name="order-messages"),
    path("orders/<str:number>/documents/<slug:kind>.pdf", endpoints.Document.as_view(), name="order-document"),
    path("orders/<str:number>/tracking/", endpoints.Tracking.as_view(), name="order-tracking"),
]
invoices = [
    path("invoices/", bills.listing, name="list"),
    path("invoices/<uuid:pk>/", bills.detail, name="detail"),
    path("invoices/<uuid:pk>/pdf/", bills.paper, name="pdf"),
    path("statement/", statement.statement, name="statement"),
    path("statement/csv/", statement.as_csv, name="statement-csv"),
]
