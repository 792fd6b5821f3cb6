"""The doors of this app: papers in `portal`, JSON in `api`."""

from django.urls import path

from . import api as endpoints
from . import views

portal = [
    path("manifests/<uuid:pk>/", views.manifest, name="manifest"),
    path("transfers/<int:pk>/manifest/", views.state_manifest, name="state_manifest"),
]
api = [
    path("compliance/reports/", endpoints.Reports.as_view(), name="reports"),
    path("compliance/reports/<int:pk>/", endpoints.OneReport.as_view(), name="report"),
]
