"""What each tier may do in the back office, model by model."""

from .sides import Role

READ = frozenset({"view"})
WRITE = READ | {"add", "change"}

# tier → model label → what it may do in the back office; "*" stands for any model of the app
MAY: dict[str, dict[str, frozenset[str]]] = {
    Role.OWNER: {
        "accounts.organization": READ | {"change"},
        "accounts.location": WRITE,
        "accounts.membership": WRITE | {"delete"},
        "accounts.connection": WRITE | {"delete"},
        "accounts.user": READ,
        "accounts.credential": WRITE | {"delete"},
        "accounts.license": WRITE | {"delete"},
        "accounts.apikey": READ | {"revoke"},
        "accounts.invitation": READ,
        "catalog.*": WRITE,
        "catalog.packrule": WRITE | {"delete"},
        "compliance.*": READ,
        "compliance.errorrule": frozenset(),
        "compliance.capability": frozenset(),
        "compliance.maintenancewindow": frozenset(),
        "compliance.facility": WRITE,
        "compliance.driver": WRITE,
        "compliance.vehicle": WRITE,
        "orders.*": READ,
        "orders.deliveryrule": WRITE,
        "orders.taxrule": WRITE,
        "orders.tradeterms": WRITE,
        "core.*": READ,
        "core.syncrun": READ | {"release"},
    },
    Role.STAFF: {
        "accounts.organization": READ,
        "accounts.location": READ,
        "accounts.membership": READ,
        "accounts.connection": READ,
        "accounts.user": READ,
        "accounts.license": READ,
        "catalog.*": WRITE,
        "catalog.packrule": WRITE | {"delete"},
        "compliance.*": READ,
        "compliance.errorrule": frozenset(),
        "compliance.capability": frozenset(),
        "compliance.maintenancewindow": frozenset(),
        "compliance.driver": WRITE,
        "compliance.vehicle": WRITE,
        "orders.*": READ,
        "orders.deliveryrule": WRITE,
        "orders.taxrule": WRITE,
        "orders.tradeterms": WRITE,
        "core.*": READ,
    },
}


def may_in_office(role: str | None, permission: str) -> bool:
    """`permission` as Django names it: `catalog.change_product`. No role, no rights."""
    app, _, codename = permission.partition(".")
    verb, _, model = codename.partition("_")
    rights = MAY.get(role or "", {})
    return verb in rights.get(f"{app}.{model}", rights.get(f"{app}.*", frozenset()))
