"""Which methods pages know: what every request passes first."""

from django.http import HttpResponseNotAllowed

OF_PAGES = ("GET", "HEAD", "POST")


class KnownMethods:
    """A view that asks `method == "POST"` would take any other for a GET, so the others end here. The API's doors say
    themselves what they know."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in OF_PAGES and not request.path.startswith("/api/"):
            return HttpResponseNotAllowed(OF_PAGES)
        return self.get_response(request)
