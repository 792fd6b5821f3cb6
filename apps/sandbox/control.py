"""The control surface under /_ctl/: every call carries X-Control-Token; with a wrong one nothing is there (404).

GET and POST world, GET and POST faults, POST reset, GET journal, POST clock, POST drift, POST products; and `GET
/_ctl/`, a page for people, whose forms carry the token in a field.
"""

import json
from urllib.parse import parse_qsl

from . import page
from .clock import iso, moment
from .wire import Answer, Request, as_json

NOT_FOUND = as_json({"error": "Not found."}, status=404)


class Control:
    def __init__(self, server):
        self.server = server
        self.doors = {
            ("GET", "world"): self.world,
            ("POST", "world"): self.patch,
            ("GET", "faults"): self.rules,
            ("POST", "faults"): self.faults,
            ("POST", "reset"): self.reset,
            ("GET", "journal"): self.journal,
            ("POST", "clock"): self.clock,
            ("POST", "drift"): self.drift,
            ("POST", "products"): self.products,
        }

    def answer(self, request: Request, *, known: bool) -> Answer:
        name = request.path.removeprefix("/_ctl/").rstrip("/")
        if not name:
            return self.page(request, known=known)
        door = self.doors.get((request.method, name)) or self.server.vendor.doors.get((request.method, name))
        if not known or door is None:
            return NOT_FOUND
        try:
            return as_json(door(request))
        except (ValueError, TypeError, KeyError, AttributeError) as wrong:
            return as_json({"error": str(wrong)}, status=400)

    def world(self, request):
        return self.server.world.dump()

    def patch(self, request):
        return {"changed": self.server.world.patch(_body(request))}

    def rules(self, request):
        return self.server.world.weather.rules()

    def faults(self, request):
        rules = _body(request)
        if not isinstance(rules, list):
            raise ValueError("Faults are a list of rules; an empty one clears them.")
        self.server.world.weather.add(rules)
        return self.rules(request)

    def reset(self, request):
        self.server.reset()
        return {"reset": True}

    def journal(self, request):
        return self.server.world.journal.entries()

    def clock(self, request):
        """`{"freeze": true | "2026-11-17T10:42:00Z"}`, `{"freeze": false}` for real time, `{"advance": seconds}`,
        `{"speed": 60}` for a minute in each second."""
        asked, clock = _body(request), self.server.world.clock
        if asked.get("freeze") is False:
            clock.run()
        elif "freeze" in asked:
            clock.freeze(None if asked["freeze"] is True else moment(asked["freeze"]))
        clock.advance(asked.get("advance", 0))
        if "speed" in asked:
            clock.hurry(float(asked["speed"]))
        return {"now": iso(clock.now()), "frozen": clock.frozen}

    def drift(self, request):
        return {"happened": self.server.step()}

    def products(self, request):
        """`{"rows": [{productName, brandName, price, category, sku, …}], "location": 4101, "replace": false}`."""
        asked = _body(request)
        return {"inventory": self.server.load_products(asked.pop("rows"), **asked)}

    def page(self, request: Request, *, known: bool) -> Answer:
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"))) if request.method == "POST" else {}
        if form and not self.server.knows(form.get("token", "")):
            return NOT_FOUND
        told = self._obey(form) if form else ""
        return Answer(body=page.render(self.server, form.get("token"), told, known=bool(form) or known), type=page.TYPE)

    def _obey(self, form: dict[str, str]) -> str:
        try:
            acts = page.FORMS | self.server.vendor.forms
            return acts.get(form.get("act", ""), lambda server, form: "")(self.server, form)
        except (ValueError, KeyError) as wrong:
            return str(wrong)


def _body(request: Request):
    return json.loads(request.body or b"null")
