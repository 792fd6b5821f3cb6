"""The doors of this app: papers and receiving in `portal`, JSON in `api`."""

from django.urls import path

from . import api as endpoints
from .views import papers, receiving

portal = [
    path("manifests/<uuid:pk>/", papers.manifest, name="manifest"),
    path("transfers/<int:pk>/manifest/", papers.state_manifest, name="state_manifest"),
    path("receiving/", receiving.listing, name="receiving"),
    path("receiving/<int:pk>/", receiving.one, name="receive"),
    path("receiving/<int:pk>/<str:verb>/", receiving.act, name="receipt"),
    path("receiving/photos/<int:pk>/", receiving.photo, name="photo"),
]
api = [
    path("compliance/reports/", endpoints.Reports.as_view(), name="reports"),
    path("compliance/reports/<int:pk>/", endpoints.OneReport.as_view(), name="report"),
    path("compliance/transfers/", endpoints.Incoming.as_view(), name="incoming-transfers"),
    path("compliance/transfers/<int:pk>/", endpoints.OneIncoming.as_view(), name="incoming-transfer"),
    path("compliance/transfers/<int:pk>/receipt/", endpoints.Receipts.as_view(), name="receipt"),
]
