"""What an answer says: an error in Amazon's own words, or a body."""

import zlib
from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import Reply

LARGEST_REPORT = 200_000_000
# Which field of the form is wrong, by the word that Login with Amazon answers.
GRANTS = {
    "invalid_client": "client_secret",
    "unauthorized_client": "client_id",
    "invalid_grant": "refresh_token",
}


def explain(reply: Reply) -> KontorError | None:
    """The first error's words; None where the status says it all. A refused token is told from a missing role by the
    details alone."""
    if reply.status < 400 or reply.status in (401, 429) or reply.status >= 500:
        return None
    try:
        first = orjson.loads(reply.body)["errors"][0]
        code, message, details = str(first["code"]), str(first["message"]), str(first.get("details") or "")
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    said = ": ".join(part for part in (code, message, details) if part)[:300]
    if reply.status == 403:
        if "token" in details.lower():
            return Misconfigured(said, code="credentials_refused", field="refresh_token")
        field = "seller_id" if "merchant" in details.lower() else "role"
        return Misconfigured(said, code="scope_missing", field=field)
    return Rejected(said, code="not_found" if reply.status == 404 else "rejected", platform_code=code)


def explain_grant(reply: Reply) -> KontorError | None:
    """A refused token request names its reason in a word; whichever it is, the merchant must act."""
    if reply.status not in (400, 401, 403):
        return None
    try:
        word = str(orjson.loads(reply.body)["error"])
    except (ValueError, KeyError, TypeError):
        return None
    if word not in GRANTS:
        return None
    said = f"Login with Amazon gave no access token: {word}"
    return Misconfigured(said, code="credentials_refused", field=GRANTS[word])


def parsed(reply: Reply) -> dict[str, Any]:
    """An answer's object. Raises Transient for anything else."""
    try:
        found = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        found = reply.json()
    if not isinstance(found, dict):
        raise Transient("The platform's answer holds no object.", code="not_json")
    return found


def rows(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The rows of a list. Raises Transient for an answer without it."""
    found = body.get(name)
    if not isinstance(found, list):
        raise Transient(f"The platform's answer holds no {name}.", code="not_json")
    return found


def unpacked(content: bytes, algorithm: str) -> bytes:
    """A downloaded file. Raises Transient for one that broke off, Rejected for one that is too big to read."""
    if algorithm != "GZIP":
        return content
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        found = unpacking.decompress(content, LARGEST_REPORT)
    except zlib.error:
        raise Transient("A report was damaged on its way.", code="not_json") from None
    if unpacking.unconsumed_tail:
        raise Rejected("A report is bigger than Kontor reads.", code="payload_too_large")
    return found
