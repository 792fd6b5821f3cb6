"""Walk every audit chain and say what was changed, added, removed or reordered; exit 1 when anything was."""

from apps.core import audit, scope
from apps.core.management.json_command import JsonCommand


class Command(JsonCommand):
    help = __doc__

    def answer(self, options):
        with scope.scope(everyone="verifying the audit trail"):
            chains, records, broken = audit.verify()
        return {"chains": chains, "records": records, "broken": broken}, bool(broken)

    def lines(self, document):
        yield f"{document['records']} records in {document['chains']} chains"
        yield from (f"BROKEN {fault['chain']} #{fault['n']}: {fault['why']}" for fault in document["broken"])
