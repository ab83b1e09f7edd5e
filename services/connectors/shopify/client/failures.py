"""What the shop's own errors mean for whoever must act."""

import re
from datetime import timedelta
from typing import Any

import orjson

from shared.contracts.errors import Defect, KontorError, Misconfigured, Rejected, Transient, Unknown
from shared.http.client import Reply

TOO_DEAR = "query_too_dear"
THEIR_FAULT = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
# The order in which several errors of one answer are looked at.
FIRST_TOLD = ("THROTTLED", "MAX_COST_EXCEEDED", "SHOP_INACTIVE", "ACCESS_DENIED", *sorted(THEIR_FAULT))
GRANT_FIELDS = {"application_cannot_be_found": "client_id", "invalid_client": "client_secret"}


def explain(reply: Reply) -> KontorError | None:
    """Judges a GraphQL answer before its status is looked at. None: nothing special, or all is well."""
    if reply.status == 404:
        return _no_shop()
    if reply.status >= 500 and not reply.repeatable:
        return Unknown(f"The shop answered a change with status {reply.status}. Nobody knows whether it happened.")
    # An answer of megabytes is not read twice: errors stand in it under this name, and in a text it is escaped.
    if reply.status != 200 or b'"errors"' not in reply.body:
        return None
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return None
    errors = body.get("errors") if isinstance(body, dict) else None
    if not isinstance(errors, list) or not errors or not all(isinstance(error, dict) for error in errors):
        return None
    first = min(errors, key=lambda error: FIRST_TOLD.index(_code(error)) if _code(error) in FIRST_TOLD else 99)
    return _judged(first, (body.get("extensions") or {}).get("cost") or {}, reply)


def explain_grant(reply: Reply) -> KontorError | None:
    """A refused token request names its reason in a word; whichever it is, the merchant must act."""
    if reply.status == 404:
        return _no_shop()
    if reply.status not in (400, 401, 403):
        return None
    try:
        body = orjson.loads(reply.body)
        word, said = str(body["error"]), str(body.get("error_description", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        word, said = "", ""
    detail = f"The shop gave no access token: {said or word or reply.status}"
    return Misconfigured(detail, code="credentials_refused", field=GRANT_FIELDS.get(word, "shop_url"))


def _judged(error: dict[str, Any], cost: dict[str, Any], reply: Reply) -> KontorError:
    code, message = _code(error), str(error.get("message", ""))[:300]
    if code == "THROTTLED":
        return _throttled(cost)
    if code == "MAX_COST_EXCEEDED":
        return Rejected(message, code=TOO_DEAR)
    if code == "SHOP_INACTIVE":
        return Misconfigured(message, code="shop_locked")
    if code == "ACCESS_DENIED":
        return Misconfigured(message, code="scope_missing", field=_scope(error))
    if code in THEIR_FAULT and not reply.repeatable:
        return Unknown(f"The shop broke off a change: {message}")
    if code in THEIR_FAULT:
        return Transient(f"The shop cannot answer now: {message}", code="shop_down")
    if "path" not in error:
        # Nothing was executed: the document or its variables do not fit the schema.
        return Defect(f"The shop does not understand our query: {message}")
    return Rejected(message, code="rejected", platform_code=code)


def _throttled(cost: dict[str, Any]) -> KontorError:
    """As long as the missing points need to come back; a query larger than the whole bucket never fits."""
    status, asked = cost.get("throttleStatus") or {}, float(cost.get("requestedQueryCost") or 0)
    said = "The shop asks for fewer calls: its points are used up."
    if not status or not status.get("restoreRate"):
        return Transient(said, code="throttled")
    if asked > float(status["maximumAvailable"]):
        return Rejected(f"A query of {asked:g} points is more than the shop ever allows.", code=TOO_DEAR)
    missing = max(0.0, asked - float(status["currentlyAvailable"]))
    return Transient(said, code="throttled", retry_after=timedelta(seconds=missing / float(status["restoreRate"])))


def _code(error: dict[str, Any]) -> str:
    extensions = error.get("extensions")
    return str(extensions.get("code", "")) if isinstance(extensions, dict) else ""


def _scope(error: dict[str, Any]) -> str:
    """The scope that is missing; where none is named, the field that was withheld."""
    words = f"{error.get('message', '')} {error.get('extensions', {}).get('requiredAccess', '')}"
    if "protected customer data" in words:
        return "protected_customer_data"
    named = re.search(r"`(\w+)`", words)
    return named[1] if named else str((error.get("path") or ["credentials"])[-1])


def _no_shop() -> Misconfigured:
    return Misconfigured("There is no shop at this address.", code="shop_unknown", field="shop_url")
