"""Drivers and vehicles: what a licence tells METRC of its own."""

from .ask import Ask, Refused, done, refuse_rows
from .numbers import next_id

NEEDED = {
    "drivers": ("Name", "DriversLicenseNumber", "EmployeeId"),
    "vehicles": ("Make", "Model", "LicensePlateNumber"),
}


def add(kind: str):
    def answer(ask: Ask):
        rows = _checked(ask, kind)
        return done([_write(ask, kind, next_id(ask.world), row) for row in rows])

    return answer


def change(kind: str):
    """The id stands in the row as Id, as a number or as "Driver-1", "Vehicle-201"."""

    def answer(ask: Ask):
        rows = _checked(ask, kind)
        ids = [_mine(ask, kind, row.get("Id")) for row in rows]
        for id, row in zip(ids, rows, strict=True):
            _write(ask, kind, id, row)
        return done()

    return answer


def remove(kind: str):
    def answer(ask: Ask):
        id = _mine(ask, kind, ask.said["id"])
        ask.world.drop(kind, id)
        ask.ledger.accept(f"{kind}.removed", at=ask.world.now(), licence=ask.licence, id=id)
        return done()

    return answer


def _checked(ask: Ask, kind: str) -> list[dict]:
    rows = ask.rows()
    lacks = [(place, name) for place, row in enumerate(rows) for name in NEEDED[kind] if not row.get(name)]
    refuse_rows([(place, f"{name} was not specified.") for place, name in lacks])
    return rows


def _mine(ask: Ask, kind: str, id) -> int:
    row = ask.world.get(kind, str(id).rpartition("-")[2])
    if row is None or row["_facility"] != ask.licence:
        raise Refused(f"{kind[:-1].capitalize()} '{id}' was not found.", status=404)
    return row["Id"]


def _write(ask: Ask, kind: str, id: int, row: dict) -> int:
    own = {name: row[name] for name in NEEDED[kind]}
    ask.world.put(kind, id, {"Id": id, **own, "_facility": ask.licence})
    ask.ledger.accept(kind, at=ask.world.now(), licence=ask.licence, id=id)
    return id
