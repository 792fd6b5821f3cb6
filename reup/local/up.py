"""`manage.py up`: everything on one machine, in the order it needs, until Ctrl-C."""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from reup.local import check, child, emulators, ground, running, signin
from reup.local.ground import Start
from reup.local.join import join
from reup.local.places import ROOT, VAR, LocalError, locked
from reup.local.progress import say, step
from reup.local.signals import Stopped, stopping
from reup.local.supervisor import Supervisor, environment, procfile


def main(arguments: list[str], started: float) -> int:
    """Exit code 0 when all went well or it runs already; 1 when something didn't start; 128 + n after signal n."""
    start = Start(options=parse(arguments), started=started)
    try:
        with stopping(), locked(running.lock(), wait=False) as alone:
            return run(start) if alone else join(start)
    except Stopped as stopped:
        say("stopped")
        return 128 + stopped.number
    except LocalError as error:
        if start.options.check:
            say(start.report(ok=False, reason=str(error)), result=True)
        raise


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start everything on this machine.")
    parser.add_argument("--no-demo", action="store_true", help="no demo story, no emulators")
    parser.add_argument("--port", type=port, help="the web port; otherwise the first free one from 8000 on")
    parser.add_argument("--check", action="store_true", help="start, see that it works, print a JSON line, stop")
    options = parser.parse_args(arguments)
    options.no_demo |= os.environ.get("REUP_DEMO") == "0" or os.environ.get("REUP_ENV") == "production"
    options.port = options.port or int(os.environ.get("PORT") or 0)
    return options


def port(text: str) -> int:
    if not 0 < (number := int(text)) < 65536:
        raise argparse.ArgumentTypeError(f"{number} is no port: 1 to 65535")
    return number


def run(start: Start) -> int:
    """Start all, say so, stay until something ends it."""
    say("ReUp is starting")
    with ExitStack() as stack:
        ground.choose_ports(start, stack)
        ground.open_engines(start, stack)
        processes = stack.enter_context(Supervisor(environment(start.settings), VAR / "log", say=say))
        stack.callback(say, "stopping")
        start_processes(start, processes)
        if start.options.check:
            return check.finish(start, watch(start, processes))
        announce(start)
        return stay(start, processes)


def start_processes(start: Start, processes: Supervisor) -> None:
    """Emulators beside the migrations, the Procfile after them; back when the web and the emulators answer."""
    for name, command in emulators.commands(start.emulators).items():
        processes.start(name, shlex.join(command), asked=True)
    with step("prepare"):
        prepare(processes)
    for name, command in procfile().items():
        with step(name):
            processes.start(name, command)
            if name == "web":
                check.web(start, watch(start, processes))
    for name, url in start.emulators.items():
        with step(name):
            check.emulator(url, start.token, watch(start, processes))


def prepare(processes: Supervisor) -> None:
    """Migrations, static files, the demo: one process, whose words are shown where it fails."""
    log = processes.log("prepare")
    with log.open("wb") as file:
        command = [sys.executable, str(ROOT / "manage.py"), "prepare"]
        process = child.spawn(command, env=processes.environment, cwd=ROOT, stdout=file, stderr=file)
    try:
        code = process.wait()
    finally:
        child.stop(process)
    if code:
        raise LocalError(f"prepare ended with {code}. {log} says:\n{processes.last_words('prepare')}")


def watch(start: Start, processes: Supervisor) -> Callable[[], None]:
    """What to look at while we wait: a fall now is a fault."""

    def look() -> None:
        start.must_have_engines()
        processes.must_run()

    return look


def announce(start: Start) -> None:
    people = signin.people() if start.demo else []
    for line in signin.lines(url=start.url, emulators=start.emulators, token=start.token, people=people):
        say(line, result=True)


def stay(start: Start, processes: Supervisor) -> int:
    """Until a signal, or until an engine ends."""
    while True:
        start.must_have_engines()
        processes.mend()
        time.sleep(0.3)
