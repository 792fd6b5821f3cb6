"""The list as REST framework's documentation has one write it: a ModelSerializer a row, nested ones in it."""

from django.utils import timezone
from rest_framework import generics

from apps.catalog.actions.prices import any_offers
from apps.catalog.models import Product
from apps.catalog.serializers import ProductOut
from apps.core.drf.permissions import Member
from apps.core.scope import current


class Products(generics.ListAPIView):
    serializer_class, permission_classes = ProductOut, [Member]
    filter_backends: list = []
    ordering = ("id",)

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).select_related("brand", "category")

    def paginate_queryset(self, queryset):
        """The prices are looked up as ours are: how fast that is, is not what differs."""
        found = super().paginate_queryset(queryset)
        offers = any_offers(products=found, buyer=current().organization, on=timezone.now().date())
        for product in found:
            product.offer = offers[product.pk]
        return found
