"""What people press at METRC's web site: register a template, depart, receive, void, take back what was rejected, order
tags.

`POST /_ui/templates/<id>/register`, `POST /_ui/transfers/<id>/receive`, `POST /_ui/facilities/<licence>/order_tags`
with `{"count"}` and so on. Receiving takes `{"packages":
[{"label", "received", "rejected", "price"}], "delivery": id}`; a package that is not named is accepted as shipped, and
METRC's own field names do as well. The answer is METRC's row; a refusal is `{"Message"}` with 400 or 404.
"""

import json

from apps.sandbox.wire import Answer, Request, as_json
from apps.sandbox.world import World

from . import drawer, receiving, registering
from .ask import Refused
from .shapes import shown

ACTS = {
    ("templates", "register"): registering.register,
    ("transfers", "depart"): registering.depart,
    ("transfers", "void"): registering.void,
    ("transfers", "receive"): receiving.receive,
    ("transfers", "takeback"): receiving.take_back,
    ("facilities", "order_tags"): drawer.order,
}


def answer(world: World, request: Request) -> Answer:
    kind, _, rest = request.path.removeprefix("/_ui/").rstrip("/").partition("/")
    id, _, verb = rest.partition("/")
    act = ACTS.get((kind, verb))
    if act is None or world.get(kind, id) is None:
        return as_json({"Message": "Not found."}, status=404)
    if request.method != "POST":
        return as_json({"Message": "This is pressed by POST."}, status=405)
    try:
        said = json.loads(request.body or b"{}")
        row = act(world, world.get(kind, id), said if isinstance(said, dict) else {})
    except Refused as refused:
        return refused.answer
    except (ValueError, TypeError) as wrong:
        return as_json({"Message": str(wrong)}, status=400)
    return as_json(shown(row), committed=True)
