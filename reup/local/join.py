"""A second `manage.py up` in a clone: it says where the first one is; with `--check` it looks at that one."""

from contextlib import ExitStack

from reup.local import check, emulators, ground, running
from reup.local.ground import Start
from reup.local.progress import say


def join(start: Start) -> int:
    """Exit code 0. The running one is left running."""
    facts = running.facts()
    start.url = facts.get("url", "")
    say(f"already running: {start.url or 'it is just starting'}", result=not start.options.check)
    return look_at(start, facts.get("environment", {})) if start.options.check else 0


def look_at(start: Start, given: dict[str, str]) -> int:
    start.settings = given
    start.token = given.get("SANDBOX_TOKEN", "")
    start.emulators = {name: given[key] for name, key in emulators.SETTINGS.items() if key in given}
    start.options.no_demo = given.get("REUP_DEMO") != "1"
    with ExitStack() as stack:
        ground.open_engines(start, stack)
        check.web(start, start.must_have_engines)
        return check.finish(start, start.must_have_engines)
