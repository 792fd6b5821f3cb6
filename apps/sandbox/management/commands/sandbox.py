"""`manage.py sandbox`: serves the emulators on loopback until it is told to stop. It needs no database."""

import json
import os
import secrets
import signal
import threading
from itertools import islice

from django.core.management.base import BaseCommand

from apps.sandbox.server import EMULATORS, serve

COUNTERS = sum(map(len, EMULATORS.values()))


class Command(BaseCommand):
    help = "Serves the emulators of the outside world on 127.0.0.1. SANDBOX_TOKEN is their control token."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument(
            "--port",
            type=int,
            nargs="+",
            default=[0],
            help="ports in their order; after one alone the next follow",
        )
        parser.add_argument("--only", choices=sorted(EMULATORS), help="serve this one alone, at all its counters")
        parser.add_argument("--still", action="store_true", help="nothing moves by itself")
        parser.add_argument("--seed", type=int, default=1, help="another seed, another story")
        parser.add_argument("--json", action="store_true", help="print {name: url} and nothing else on standard output")

    def handle(self, *, port, only, still, seed, **options):
        given = os.environ.get("SANDBOX_TOKEN")
        token = given or secrets.token_urlsafe(16)
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        names = [only] if only else list(EMULATORS)
        ports = iter(port if len(port) > 1 or not port[0] else range(port[0], port[0] + COUNTERS))
        servers = [
            serve(*islice(ports, len(EMULATORS[name])), emulator=name, token=token, seed=seed, drift=not still)
            for name in names
        ]
        urls = {name: url for server in servers for name, url in server.urls.items()}
        self.tell(urls, as_json=options["json"])
        if not given:
            (self.stderr if options["json"] else self.stdout).write(f"control token  {token}")
        self.stdout.flush()
        ended.wait()
        for server in servers:
            server.stop()

    def tell(self, urls: dict[str, str], *, as_json: bool) -> None:
        if as_json:
            return self.stdout.write(json.dumps(urls))
        for name, url in urls.items():
            self.stdout.write(f"{name}  {url}  control page {url}/_ctl/")
        return None
