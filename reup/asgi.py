"""Three doors on one port: sockets go to Channels, everything else to Django's WSGI handler in a fixed thread pool.

Django's own ASGI handler hops threads at each sync middleware and is several times slower; a fixed pool also makes
persistent database connections safe. (The public deals shelf gets the third door with its issue.)
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reup.settings")

from a2wsgi import WSGIMiddleware  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

pages = get_wsgi_application()

from apps.core.live import sockets  # noqa: E402  (needs the apps ready)

THREADS = int(os.environ.get("WEB_THREADS", "8"))
_doors = ProtocolTypeRouter({"http": WSGIMiddleware(pages, workers=THREADS), "websocket": sockets})


async def application(scope, receive, send):
    """Uvicorn asks for `lifespan`, which neither door knows; saying so is the protocol's way."""
    if scope["type"] == "lifespan":
        raise NotImplementedError("no lifespan")
    await _doors(scope, receive, send)
