"""What the services' own OpenAPI documents say: every route, the role it needs, a body it would take."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.ops.stage import Api
from services.origin.definitions import definitions

METHODS = ("get", "post", "put", "patch", "delete")
LONGEST_TEXT = "an example that is neither too long nor too short"


@dataclass(frozen=True)
class Operation:
    """One route. `role` is empty where no API key is asked for; `document` is the whole OpenAPI document."""

    method: str
    path: str
    role: str
    described: Mapping[str, Any]
    document: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def path_names(self) -> list[str]:
        return [one["name"] for one in self._parameters("path")]

    @property
    def query_names(self) -> list[str]:
        return [one["name"] for one in self._parameters("query")]

    def query(self, name: str) -> Mapping[str, Any] | None:
        """The schema of a query parameter; None when the route has none of that name."""
        return next((one["schema"] for one in self._parameters("query") if one["name"] == name), None)

    def path_schema(self, name: str) -> Mapping[str, Any]:
        """The schema of a path parameter."""
        (found,) = [one["schema"] for one in self._parameters("path") if one["name"] == name]
        schema: Mapping[str, Any] = found
        return schema

    def required_query(self) -> dict[str, Any]:
        """Values for the query parameters without which nothing is answered."""
        return {
            one["name"]: example(one["schema"], self.document) for one in self._parameters("query") if one["required"]
        }

    @property
    def body_schema(self) -> Mapping[str, Any] | None:
        """The schema of the JSON body; None when the route takes none."""
        content = self.described.get("requestBody", {}).get("content", {})
        schema: Mapping[str, Any] | None = content.get("application/json", {}).get("schema")
        return schema

    def body(self, known: Mapping[str, Any] | None = None) -> Any:
        """The smallest body that fits; fields named in `known` get those values."""
        return None if self.body_schema is None else example(self.body_schema, self.document, known or {})

    def filled(self, values: Mapping[str, str]) -> str:
        """The path with real values. KeyError names a parameter that nobody has given a value."""
        return self.path.format_map(dict(values))

    def _parameters(self, place: str) -> list[dict[str, Any]]:
        return [one for one in self.described.get("parameters", []) if one["in"] == place]


def operations(kontor: Api) -> list[Operation]:
    """Every route of every document, in the order of their paths."""
    prefixes = sorted({prefix for definition in definitions() for prefix in definition.routes})
    return [operation for prefix in prefixes for operation in _of(kontor.get(f"{prefix}/openapi.json"))]


def _of(document: Mapping[str, Any]) -> Iterator[Operation]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if described := item.get(method):
                roles = [role for needed in described.get("security", []) for one in needed.values() for role in one]
                yield Operation(method.upper(), path, roles[0] if roles else "", described, document)


def example(schema: Mapping[str, Any], document: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> Any:
    """The smallest value that a JSON schema allows, as far as a schema of ours goes."""
    known = known or {}
    if reference := schema.get("$ref"):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        return example(found, document, known)
    if examples := schema.get("examples"):
        return examples[0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choices := schema.get(choice):
            return example(choices[0], document, known)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _plain(schema, document, known)


def _plain(schema: Mapping[str, Any], document: Mapping[str, Any], known: Mapping[str, Any]) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            needed = [name for name in fields if name in schema.get("required", []) or name in known]
            return {name: known.get(name, example(fields[name], document, known)) for name in needed}
        case "array":
            return [example(schema["items"], document, known)] * max(1, schema.get("minItems", 1))
        case "string":
            return _text(schema)
        case "integer" | "number":
            return schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return True
        case _:
            return {}


def _text(schema: Mapping[str, Any]) -> str:
    formats = {
        "uuid": "00000000-0000-4000-8000-000000000000",
        "date": "2025-11-24",
        "date-time": "2025-11-24T09:00:00Z",
    }
    if found := formats.get(schema.get("format", "")):
        return found
    text = "abc" if "pattern" in schema else LONGEST_TEXT
    return text[: schema.get("maxLength", len(text))]
