"""A command whose answer is one JSON document on standard output (INTERFACE), or a few lines for a person."""

import json
import sys

from django.core.management.base import BaseCommand
from django.core.serializers.json import DjangoJSONEncoder


class JsonCommand(BaseCommand):
    """Subclasses give `answer(options) -> (document, failed)` and may give `lines(document)`. Exit 1 when it failed."""

    def create_parser(self, prog_name, subcommand, **kwargs):
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        return parser

    def handle(self, *args, **options):
        document, failed = self.answer(options)
        if options["json"]:
            self.stdout.write(json.dumps(document, cls=DjangoJSONEncoder))
        else:
            for line in self.lines(document):
                self.stdout.write(line)
        if failed:
            sys.exit(1)

    def answer(self, options: dict) -> tuple[dict, bool]:
        raise NotImplementedError(f"{type(self).__module__} gives no answer")

    def lines(self, document: dict) -> list[str]:
        return [f"{key}: {value}" for key, value in document.items()]
