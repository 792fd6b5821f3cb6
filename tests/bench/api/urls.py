"""ReUp's doors, and one more for the peer."""

from django.urls import path

from reup.urls import handler500, urlpatterns

from .peer import Products

urlpatterns = [path("api/v1/peer/products/", Products.as_view()), *urlpatterns]
__all__ = ["handler500", "urlpatterns"]
