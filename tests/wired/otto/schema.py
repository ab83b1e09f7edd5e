"""As much of OpenAPI's schemas as the interface descriptions use."""

import re
from typing import Any

Complaints = list[str]
TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
}


def complaints(document: dict[str, Any], schema: dict[str, Any], value: Any, where: str = "$") -> Complaints:
    """What of a value the schema does not allow, each with its place."""
    if reference := schema.get("$ref"):
        named = document["components"]["schemas"][str(reference).rsplit("/", 1)[-1]]
        return complaints(document, named, value, where)
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{where}: {value!r} is no {kind}"]
    found = [f"{where}: {value!r} is none of {schema['enum']}"] if value not in schema.get("enum", [value]) else []
    if isinstance(value, dict):
        found += [f"{where}: {name} is missing" for name in schema.get("required", ()) if name not in value]
        known = schema.get("properties")
        for name, one in value.items():
            if known is not None and name not in known:
                found.append(f"{where}: {name} is not described")
            elif known is not None:
                found += complaints(document, known[name], one, f"{where}.{name}")
    elif isinstance(value, list):
        found += [f"{where}: too few"] if len(value) < schema.get("minItems", 0) else []
        for place, one in enumerate(value):
            found += complaints(document, schema.get("items", {}), one, f"{where}[{place}]")
    elif isinstance(value, str):
        found += [f"{where}: {value!r} is too long"] if len(value) > schema.get("maxLength", len(value)) else []
        found += [f"{where}: {value!r} is too short"] if len(value) < schema.get("minLength", 0) else []
        found += [f"{where}: {value!r}"] if "pattern" in schema and not re.search(schema["pattern"], value) else []
    elif isinstance(value, int | float):
        found += [f"{where}: {value} is too large"] if value > schema.get("maximum", value) else []
        found += [f"{where}: {value} is too small"] if value < schema.get("minimum", value) else []
    return found
