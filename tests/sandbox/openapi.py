"""OpenAPI 3.0 schemas made fit for a JSON Schema validator."""

from jsonschema import Draft202012Validator


def validator(document: dict, name: str) -> Draft202012Validator:
    """Checks a list of rows of the schema of that name."""
    schemas = {key: _converted(schema) for key, schema in document["components"]["schemas"].items()}
    items = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
    return Draft202012Validator({**items, "components": {"schemas": schemas}})


def departures(checks: Draft202012Validator, rows: list) -> set[tuple[str, str]]:
    """Where rows leave the schema: (path without indices and keys of restrictions, rule broken)."""
    return {(_where(error), error.validator) for error in checks.iter_errors(rows)}


def _where(error) -> str:
    path = [part for part in error.absolute_path if not isinstance(part, int)]
    if "restrictions" in path:
        path = path[: path.index("restrictions") + 1]
    return ".".join(path)


def _converted(schema):
    """3.0 says `nullable: true` where JSON Schema lists the type null."""
    if isinstance(schema, list):
        return [_converted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _converted(part) for name, part in schema.items() if name != "nullable"}
    if schema.get("nullable") is True and isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    return made
