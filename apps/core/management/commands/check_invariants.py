"""Ask every rule that must always hold over stored data; exit 1 when one is broken."""

from apps.core import invariants
from apps.core.management.json_command import JsonCommand


class Command(JsonCommand):
    help = __doc__

    def answer(self, options):
        checked = invariants.check()
        return {"checked": checked}, any(rule["violations"] for rule in checked)

    def lines(self, document):
        for rule in document["checked"]:
            yield f"{'BROKEN' if rule['violations'] else 'holds '} {rule['name']} ({rule['rows']} rows)"
            yield from (f"       e.g. {example}" for example in rule["examples"])
