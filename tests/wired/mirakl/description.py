"""Mirakl's own OpenAPI description, where it is on this machine, and what in a call does not fit it."""

import json
import os
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.wired.mirakl.recorder import Call

ROOT = Path(__file__).resolve().parents[3]
SPECS = Path(os.environ.get("KONTOR_TEST_SPECS") or ROOT.parent / "shared" / "specs") / "mirakl"
DESCRIPTION = SPECS / "mirakl-mmp-seller-openapi.json"
# Described once for all lists, not operation by operation.
PAGING = {"max", "offset", "sort", "order", "limit", "page_token"}
KINDS: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


@cache
def description() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    return found


def misfits(call: Call) -> list[str]:
    """Everything about a call and its good answer that the description does not know; empty when it fits."""
    found = _operation(call.method, call.path)
    if found is None:
        return [f"{call.method} {call.path} is not described"]
    name = found["operationId"]
    known = {one["name"] for one in found.get("parameters", ()) if one["in"] == "query"} | PAGING
    problems = [f"{name}: parameter {key}" for key, _ in parse_qsl(call.query) if key not in known]
    bodies = found.get("requestBody", {}).get("content", {})
    if "application/json" in bodies:
        problems += _wrong(bodies["application/json"]["schema"], json.loads(call.sent), f"{name} request")
    elif bodies:
        (form,) = bodies.values()
        parts = form["schema"].get("required") or ["file"]
        problems += [f"{name}: no part '{one}'" for one in parts if f'name="{one}"'.encode() not in call.sent]
    elif call.sent:
        problems.append(f"{name}: takes no body")
    if str(call.status) not in found["responses"]:
        problems.append(f"{name}: answers no {call.status}")
    answers = found["responses"].get(str(call.status), {}).get("content", {})
    if "application/json" in answers:
        problems += _wrong(answers["application/json"]["schema"], json.loads(call.answered), f"{name} answer")
    return problems


def _operation(method: str, path: str) -> dict[str, Any] | None:
    """Fixed paths before those with a place for an id, as `/orders/cancel` before `/orders/{order_id}/…`."""
    for template, methods in sorted(description()["paths"].items(), key=lambda entry: entry[0].count("{")):
        form = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if method.lower() in methods and re.fullmatch(form, path):
            operation: dict[str, Any] = methods[method.lower()]
            return operation
    return None


def _wrong(schema: dict[str, Any], value: Any, at: str) -> list[str]:
    """Mirakl's own examples hold null where the description demands a text, so null fits everywhere."""
    while "$ref" in schema:
        schema = _named(schema["$ref"])
    kind = schema.get("type")
    if value is None or kind is None:
        return []
    if not isinstance(value, KINDS[kind]) or (isinstance(value, bool) and kind != "boolean"):
        return [f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of the words"]
    if schema.get("format") == "date-time" and datetime.fromisoformat(value).tzinfo is None:
        return [f"{at}: {value!r} has no offset"]
    if kind == "array":
        return [problem for each in value for problem in _wrong(schema["items"], each, f"{at}[]")]
    properties, required = schema.get("properties"), schema.get("required", [])
    if kind != "object" or properties is None:
        return []
    if choice := schema.get("discriminator"):
        chosen = _named(choice["mapping"][value[choice["propertyName"]]])
        properties, required = properties | chosen["properties"], [*required, *chosen.get("required", ())]
    problems = [f"{at}.{name} is missing" for name in required if name not in value]
    for name, each in value.items():
        problems += _wrong(properties[name], each, f"{at}.{name}") if name in properties else [f"{at}.{name} is new"]
    return problems


def _named(reference: str) -> dict[str, Any]:
    found: dict[str, Any] = description()["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return found
