"""The doors of this app: pages in `portal`, JSON in `api`."""

from django.urls import path

from . import api as endpoints
from . import hooks, views

portal = [
    path("", views.listing, name="list"),
    path("<uuid:product>/", views.detail, name="detail"),
]
api = [
    path("products/", endpoints.Products.as_view(), name="products"),
    path("products/<uuid:pk>/", endpoints.OneProduct.as_view(), name="product"),
    path("inventory/", endpoints.Inventory.as_view(), name="inventory"),
    path("inventory/<uuid:pk>/", endpoints.OneLine.as_view(), name="inventory-line"),
    path("hooks/dutchie/<uuid:location>/", hooks.dutchie, name="dutchie-hook"),
    path("match-reviews/", endpoints.Reviews.as_view(), name="match-reviews"),
    path("match-reviews/<int:pk>/", endpoints.OneReview.as_view(), name="match-review"),
    path("match-reviews/<int:pk>/decisions/", endpoints.Decisions.as_view(), name="match-decisions"),
    path("sync-runs/", endpoints.Runs.as_view(), name="sync-runs"),
    path("sync-runs/<int:pk>/", endpoints.OneRun.as_view(), name="sync-run"),
]
