"""The doors of this app: pages in `portal`, JSON in `api`."""

from django.urls import path

from . import api as endpoints
from . import views

portal = [
    path("login/", views.sign_in, name="login"),
    path("logout/", views.sign_out, name="logout"),
    path("organization/", views.choose_organization, name="organization"),
    path("theme/", views.choose_theme, name="theme"),
]
api = [
    path("locations/", endpoints.Locations.as_view(), name="locations"),
    path("locations/<uuid:pk>/", endpoints.OneLocation.as_view(), name="location"),
]
