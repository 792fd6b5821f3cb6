"""Saved views of the list: the tab and the words one looks at, kept under a name, and forgotten again."""

from django.contrib import messages as notes
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.orders.models import SavedView
from apps.orders.models.saved import MOST_VIEWS

from . import asking, lists


def mine(request: HttpRequest):
    return SavedView.objects.filter(organization=request.organization, user=request.user)


@require_POST
@asking.members
def change(request: HttpRequest):
    """`name` keeps the tab and words that came with it; `forget` is the number of one of one's own."""
    if forget := request.POST.get("forget"):
        return _forgotten(request, forget)
    tab, words = lists.asked(request.POST)
    name = " ".join(request.POST.get("name", "").split())[:40]
    back = lists.at(tab, words)
    if not name:
        notes.error(request, _("Give the view a name."))
    elif mine(request).exclude(name=name).count() >= MOST_VIEWS:
        notes.error(request, _("You have %(n)d saved views. Forget one first.") % {"n": MOST_VIEWS})
    else:
        mine(request).update_or_create(
            name=name,
            defaults={"tab": tab, "words": words},
            create_defaults={"organization": request.organization, "user": request.user, "tab": tab, "words": words},
        )
        notes.success(request, _("The view “%(name)s” is saved.") % {"name": name})
    return redirect(back)


def _forgotten(request: HttpRequest, forget: str):
    view = mine(request).filter(pk=forget).first() if forget.isascii() and forget.isdigit() else None
    if view is None:
        raise Http404
    view.delete()
    notes.success(request, _("The view “%(name)s” is forgotten.") % {"name": view.name})
    return redirect(lists.at(view.tab, view.words))
