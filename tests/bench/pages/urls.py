"""ReUp's doors with a clock inside the catalog's, and one more for the peer: the same page, nothing kept."""

import time
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from apps.catalog.views.shelf import draw, listing, look
from reup.urls import handler500, urlpatterns

seconds: list[float] = []


def clocked(view):
    @wraps(view)
    def inside(request, *args, **kwargs):
        began = time.perf_counter()
        answer = view(request, *args, **kwargs)
        seconds.append(time.perf_counter() - began)
        return answer

    return inside


@login_required
def drawn(request):
    return render(request, "catalog/list.html", draw(request, look(request), timezone.now()))


urlpatterns = [
    path("portal/catalog/", clocked(listing)),
    path("portal/catalog/peer/", clocked(drawn)),
    *urlpatterns,
]
__all__ = ["handler500", "urlpatterns"]
