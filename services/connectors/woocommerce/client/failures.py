"""What the shop's own error codes mean."""

from typing import Any

import orjson

from shared.contracts.errors import KontorError, Misconfigured, Rejected
from shared.http.client import Reply

REFUND_REFUSED = "woocommerce_rest_cannot_create_order_refund"


def explain(reply: Reply) -> KontorError | None:
    """The shop's own error code, where it sends one."""
    if reply.status < 400 or reply.status in (403, 429):
        return None
    try:
        body = orjson.loads(reply.body)
        code, message = str(body["code"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        return None
    if reply.status >= 500:
        # Nothing was refunded: the shop takes its record back before it says so.
        return Rejected(message[:300], code="rejected", platform_code=code) if code == REFUND_REFUSED else None
    if reply.status == 401:
        return _wrong_key(code, message)
    words = {"platform_code": code} | _whose(body)
    return Rejected(message[:300], code="not_found" if reply.status == 404 else "rejected", **words)


def _whose(body: dict[str, Any]) -> dict[str, str]:
    """The record that stands in the way, where the shop names it."""
    data = body.get("data")
    return {"resource_id": str(data["resource_id"])} if isinstance(data, dict) and data.get("resource_id") else {}


def _wrong_key(code: str, message: str) -> Misconfigured | None:
    """Which half of the key is wrong, where the shop says so; a stranger is somebody whose key it does not know."""
    if "secret is invalid" in message or "signature does not match" in message:
        said, field = "The consumer secret does not belong to the consumer key.", "consumer_secret"
    elif "key is invalid" in message or code.startswith("woocommerce_rest_cannot_"):
        said, field = "The shop does not know the consumer key.", "consumer_key"
    else:
        return None
    return Misconfigured(said, code="credentials_refused", field=field)
