"""The doors of this app: pages in `portal`, JSON in `api`."""

from django.urls import path

from .live.api import Ticket
from .live.events import Events

portal: list = []
api = [
    path("auth/ws-ticket/", Ticket.as_view(), name="ws-ticket"),
    path("events/", Events.as_view(), name="events"),
]
