"""What the control page offers at METRC: a package set to a quantity, a template registered, a transfer received, tags
ordered."""

from . import drawer, receiving, registering


def chores(world) -> list[tuple[str, int | str, str]]:
    """What a person could press now: the act, whose id, in words."""
    waiting = [row for row in world.rows("templates") if not row["_archived"] and not _registered(world, row)]
    coming = [row for row in world.rows("transfers") if not row["ReceivedDateTime"] and not row["IsVoided"]]
    return [
        *(("register", row["Id"], f"Template {row['Name']} to {row['RecipientFacilityName']}") for row in waiting),
        *(
            ("receive", row["Id"], f"Manifest {row['ManifestNumber']} to {row['RecipientFacilityName']}")
            for row in coming
        ),
        *(
            ("order", row["License"]["Number"], f"{row['Name']} has {left} package tags left")
            for row in world.rows("facilities")
            if (left := drawer.left(world, row)) < drawer.FEW
        ),
    ]


def _registered(world, template: dict) -> bool:
    return any(row["_template"] == template["Id"] for row in world.rows("transfers"))


def _set_quantity(server, form):
    row = server.world.change("packages", form["id"], Quantity=float(form["quantity"]))
    return f"{row['Label']}: {row['Quantity']:g} {row['UnitOfMeasureName']}."


def _register(server, form):
    with server.world.lock:
        row = registering.register(server.world, server.world.get("templates", form["id"]), {})
    return f"Manifest {row['ManifestNumber']} for {row['Name']}."


def _receive(server, form):
    with server.world.lock:
        row = receiving.receive(server.world, server.world.get("transfers", form["id"]), {})
    return f"Manifest {row['ManifestNumber']} is received whole."


def _order(server, form):
    with server.world.lock:
        row = drawer.order(server.world, server.world.get("facilities", form["id"]), {})
    return f"{row['Name']} has {drawer.left(server.world, row)} package tags."


FORMS = {"quantity": _set_quantity, "register": _register, "receive": _receive, "order": _order}
