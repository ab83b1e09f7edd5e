"""What an answer says: an error in the platform's own words, or rows."""

from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected, Transient
from shared.http.client import Reply, ShopClient

NOT_CONFIGURED = "/problems/storefront-not-configured"
DUPLICATE = "/problems/duplicate-action"
# A refused action answers 403, as a missing right does: only the kind of the problem tells them apart.
OF_ONE_RECORD = (
    DUPLICATE,
    "/problems/action-not-allowed",
    "/problems/order-units/",
    "/problems/units/",
    "/problems/returns/",
    "/problems/subscriptions/",
    "/problems/insufficient-funds",
)
KEYS = {
    "/problems/invalid-credentials": ("The platform does not know the client key.", "client_key"),
    "/problems/corrupted-signature": (
        "The signature is refused: the secret key does not belong to the client key, or this machine's clock is more "
        "than five minutes off.",
        "secret_key",
    ),
    "/problems/missing-or-invalid-request-header": (
        "The headers of the signature are refused: is this machine's clock right?",
        "secret_key",
    ),
}


def explain(reply: Reply) -> KontorError | None:
    """The platform's own words about an error, with the field it means; None where the status says it all."""
    if reply.status < 400 or reply.status == 429 or reply.status >= 500:
        return None
    try:
        body = orjson.loads(reply.body)
        kind, said = str(body.get("type") or ""), str(body["message"])
        rows = [row for row in body.get("errors") or () if isinstance(row, dict)]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    if kind == "/problems/inactive-account":
        return Misconfigured("The seller's account is not active.", code="shop_locked")
    if reply.status == 401:
        sentence, field = KEYS.get(kind, (None, ""))
        return Misconfigured(sentence, code="credentials_refused", field=field) if sentence else None
    if reply.status == 403 and not kind.startswith((NOT_CONFIGURED, *OF_ONE_RECORD)):
        return None
    words = [said, *(f"{row.get('field', '')}: {row.get('message', '')}" for row in rows)]
    code = "not_found" if reply.status == 404 else "rejected"
    return Rejected("; ".join(words)[:300], code=code, platform_code=kind)


def data(reply: Reply) -> Any:
    """What stands in `data`. Raises Transient for an answer without it."""
    try:
        body = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        # Says in the kit's words that it is no JSON.
        body = reply.json()
    if not isinstance(body, dict) or "data" not in body:
        raise Transient("The platform's answer holds no data.", code="not_json")
    return body["data"]


async def found(api: ShopClient, path: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """One record; None when the platform does not know it."""
    try:
        row: dict[str, Any] = data(await api.request("GET", path, params=params))
    except Rejected as error:
        if error.code == "not_found":
            return None
        raise
    return row


def rows(reply: Reply) -> list[dict[str, Any]]:
    """The rows of a list. Raises Transient for an answer without one."""
    found = data(reply)
    if not isinstance(found, list):
        raise Transient("The platform's answer holds no list.", code="not_json")
    return found
