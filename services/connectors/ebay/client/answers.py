"""What an answer says: numbered errors in the platform's own words, or a body."""

from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import Reply

# Both are told as refusals of one record and mean that the platform had a fault of its own.
SYSTEM = frozenset({25001})
DENIED = 1100


def explain(reply: Reply) -> KontorError | None:
    """The platform's own words about an error; None where the status says it all."""
    if reply.status < 400 or reply.status in (401, 429) or reply.status >= 500:
        return None
    rows = errors(_parsed(reply))
    if not rows:
        return None
    first = rows[0]
    if reply.status == 403 and first.get("errorId") == DENIED:
        return None
    if first.get("errorId") in SYSTEM or first.get("category") == "APPLICATION":
        return Transient(words(rows), code="shop_down")
    code = "not_found" if reply.status == 404 else "rejected"
    return Rejected(words(rows), code=code, platform_code=str(first.get("errorId", "")))


def explain_grant(reply: Reply) -> KontorError | None:
    """A refused token request names its reason in a word; whichever it is, the merchant must act."""
    if reply.status not in (400, 401, 403):
        return None
    body = _parsed(reply)
    word = str(body.get("error") or reply.status) if isinstance(body, dict) else str(reply.status)
    if word == "invalid_scope":
        return Misconfigured("The seller did not agree to this right.", code="scope_missing", field="scope")
    if word == "invalid_grant":
        said = "The seller's consent has ended or was taken back. Please let him log in to eBay again."
        return Misconfigured(said, code="credentials_refused", field="refresh_token")
    return Misconfigured(f"No access token was given: {word}", code="credentials_refused", field="client_secret")


def errors(body: Any) -> list[dict[str, Any]]:
    """The errors of an answer or of one entry in it."""
    rows = body.get("errors") if isinstance(body, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def words(rows: list[dict[str, Any]]) -> str:
    """What the platform says, each once."""
    said = [str(row.get("longMessage") or row.get("message") or row.get("errorId") or "") for row in rows]
    return "; ".join(dict.fromkeys(said))[:300]


def _parsed(reply: Reply) -> Any:
    try:
        return orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None
