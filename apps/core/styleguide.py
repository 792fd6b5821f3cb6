"""Every component on one page, for those who build pages."""

from django.shortcuts import render


def styleguide(request):
    return render(request, "styleguide.html")
