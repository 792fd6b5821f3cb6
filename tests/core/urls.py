"""Doors that only tests open: views that do what an endpoint might."""

import threading
from decimal import Decimal

from django.db import OperationalError, connection, transaction
from django.http import Http404, HttpResponse
from django.urls import path
from rest_framework import serializers
from rest_framework.exceptions import Throttled
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.drf.fields import Strict
from apps.core.drf.idempotency import idempotent
from apps.core.drf.paging import ByCursor
from apps.core.errors import Refused
from apps.core.models import Slot
from reup.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500"]
begun, go_on = threading.Event(), threading.Event()


class Line(Strict):
    sku = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=8, decimal_places=2)


class Order(Strict):
    seller = serializers.CharField()
    lines = Line(many=True)


class Take(APIView):
    """POST writes one row and then does what `?then=` says."""

    @idempotent(required=True)
    def post(self, request):
        Slot.objects.create(schedule=request.data["what"], starts_at="2026-01-01T00:00Z")
        match request.query_params.get("then"):
            case "refuse":
                raise Refused("There are 3 units left.", code="insufficient-stock", errors={"lines[0].quantity": ["3"]})
            case "answer 409":
                return Response({"no": True}, status=409)
            case "break":
                raise ZeroDivisionError
            case "crash":
                transaction.on_commit(lambda: 1 / 0)
            case "locked":
                raise OperationalError from None
            case "wait":
                begun.set()
                go_on.wait(10)
        row = {"id": Slot.objects.latest("pk").pk, "price": Decimal("12.50"), "at": Slot.objects.latest("pk").starts_at}
        return Response(row, status=201, headers={"Location": f"/rows/{row['id']}/", "ETag": '"1"'})


class TakeMaybe(APIView):
    @idempotent(required=False)
    def post(self, request):
        return Response({"key": request.headers.get("Idempotency-Key", "")}, status=201)


class Check(APIView):
    def post(self, request):
        order = Order(data=request.data)
        order.is_valid(raise_exception=True)
        return Response(order.data)

    def get(self, request):
        raise {"throttled": Throttled(wait=2.2), "missing": Http404(), "broken": ZeroDivisionError()}[
            request.query_params["raise"]
        ]


class Listing(APIView):
    ordering = ("starts_at", "pk")

    def get(self, request):
        pages = ByCursor()
        rows = pages.paginate_queryset(Slot.objects.all(), request, view=self)
        return pages.get_paginated_response([row.schedule for row in rows])


def lost(request):
    raise OperationalError("the connection is closed")


def fail_as(request):
    """The database itself fails, with the SQLSTATE of `?state=`."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'Planted' USING ERRCODE = '{request.GET['state']}'; END $$")


def ask_the_database(request):
    return HttpResponse(str(Slot.objects.count()))


urlpatterns = [
    path("api/v1/test/take/", Take.as_view()),
    path("api/v1/test/take-maybe/", TakeMaybe.as_view()),
    path("api/v1/test/check/", Check.as_view()),
    path("api/v1/test/list/", Listing.as_view()),
    path("api/v1/test/lost/", lost),
    path("test/lost/", lost),
    path("api/v1/test/fails/", fail_as),
    path("test/fails/", fail_as),
    path("test/count/", ask_the_database),
    path("api/v1/test/count/", ask_the_database),
    *urlpatterns,
]
