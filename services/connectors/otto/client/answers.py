"""What an answer says: an error in the platform's own words, or a body with the way to the next page."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected
from shared.http.client import Reply


def explain(reply: Reply) -> KontorError | None:
    """The platform's own words about an error, with the reference that its support asks for."""
    if reply.status < 400 or reply.status in (401, 429) or reply.status >= 500:
        return None
    try:
        errors = orjson.loads(reply.body)["errors"]
        first = errors[0] if isinstance(errors, list) else errors
        title, detail = str(first["title"]), str(first.get("detail") or "")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    if reply.status == 403 and title != "INSUFFICIENT_PERMISSION":
        return None
    where = str(first.get("jsonPath") or first.get("jsonpath") or "")
    said = ": ".join(part for part in (title, where, detail) if part)[:300]
    code = "not_found" if reply.status == 404 else "rejected"
    params = {"platform_code": title, "json_path": where, "logref": str(first.get("logref") or "")}
    return Rejected(said, code=code, **params)


def explain_grant(reply: Reply) -> KontorError | None:
    """A refused token request names its reason in a word; whichever it is, the merchant must act."""
    if reply.status not in (400, 401, 403, 404):
        return None
    try:
        word = str(orjson.loads(reply.body)["error"])
    except (ValueError, KeyError, TypeError):
        word = ""
    said = f"No access token was given: {word or reply.status}"
    if word == "invalid_scope":
        return Misconfigured(said, code="scope_missing", field="scope")
    field = "installation_id" if reply.status == 404 else "client_secret"
    return Misconfigured(said, code="credentials_refused", field=field)


def next_page(links: Any) -> dict[str, str] | None:
    """The parameters of the link to the next page; an empty link is none."""
    # Shipping profiles have one link, everything else a list of them.
    listed = [links] if isinstance(links, dict) else links if isinstance(links, list) else []
    rows = [row for row in listed if isinstance(row, dict)]
    href = next((str(row.get("href") or "") for row in rows if row.get("rel") == "next"), "")
    return dict(parse_qsl(urlsplit(href).query)) or None


def parsed(reply: Reply) -> Any:
    # Written on byte for byte as the platform has it; a body that is no JSON is told in the kit's words.
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return reply.json()
