"""What an answer says: an error in the shop's own words, one record, or rows."""

from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import Reply


def explain(reply: Reply) -> KontorError | None:
    """The shop's own words about an error, with what the merchant has to mend; None where the status says it all."""
    if reply.status < 400 or reply.status == 429 or reply.status >= 500:
        return None
    said = _said(reply)
    if reply.status == 401:
        return _not_let_in(reply, said)
    if reply.status == 404 and said is None:
        detail = "There is no REST API of the shop at this address."
        return Misconfigured(detail, code="api_missing", field="url")
    if reply.status == 403 or said is None:
        return None
    return Rejected(said, code="not_found" if reply.status == 404 else "rejected")


def data(reply: Reply) -> Any:
    """What stands in `data`. Raises Transient for an answer without it."""
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        # Says in the kit's words that it is no JSON.
        body = reply.json()
    if not isinstance(body, dict) or body.get("data") is None:
        raise Transient("The shop's answer holds no data.", code="not_json")
    return body["data"]


def rows(reply: Reply) -> list[dict[str, Any]]:
    """The rows of a list. Raises Transient for an answer without one."""
    found = data(reply)
    if not isinstance(found, list):
        raise Transient("The shop's answer holds no list.", code="not_json")
    return found


def _not_let_in(reply: Reply, said: str | None) -> KontorError:
    """A login that a web server asks for in front of the shop speaks no JSON."""
    if said is None:
        detail = "A web server in front of the shop asks for a login of its own."
        return Misconfigured(detail, code="login_in_front", field="url")
    detail = (
        "The shop does not know this user with this API key, or API access is not switched on for the user. "
        "Where both are right, a proxy may spoil the authentication."
    )
    return Misconfigured(detail, code="credentials_refused", field="api_key")


def _said(reply: Reply) -> str | None:
    """The sentence of an error, with those of single fields; None for what is no answer of the API."""
    try:
        body = orjson.loads(reply.body)
        if body["success"] is not False:
            return None
        words = [str(body["message"]), *map(str, body.get("errors") or ())]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return "; ".join(words)[:300]
