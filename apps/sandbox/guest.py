"""What every emulated vendor may have beside its wire, and what stands where it has none."""

from contextlib import AbstractContextManager, nullcontext

from .wire import Answer, Request, as_json


class Guest:
    """`doors` are further calls under /_ctl/, by method and name; `forms` what the control page's buttons do, by word;
    `usual_path` is what its fault form begins with, `stumble` what its server says when it crashes under a 400."""

    doors: dict = {}
    forms: dict = {}
    usual_path = "/"
    stumble = "Object reference not set to an instance of an object."

    def people(self, request: Request) -> Answer:
        """What people press on the vendor's own web site, under /_ui/."""
        return as_json({"Message": "Not found."}, status=404)

    def counted(self, request: Request) -> AbstractContextManager:
        """Around each call, for who counts those under way."""
        return nullcontext()

    def chores(self, world) -> list[tuple[str, int | str, str]]:
        """What a person could press now on the control page: a word of `forms`, whose id, in words."""
        return []
