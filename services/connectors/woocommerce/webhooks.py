"""WooCommerce's webhooks: signature over the raw body, topics, the unsigned ping. A webhook is only a hint."""

import base64
import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from services.connectors.woocommerce.client import Client
from services.connectors.woocommerce.settings import Credentials
from shared.connector_kit.declaration import Hint

TOPICS = (
    "order.created",
    "order.updated",
    "order.deleted",
    "order.restored",
    "product.created",
    "product.updated",
)


def secrets(credentials: Credentials, own: str) -> Sequence[str]:
    """We choose the secret when we subscribe."""
    return (own,)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """X-WC-Webhook-Signature is base64(HMAC-SHA256(raw body, secret))."""
    given = headers.get("x-wc-webhook-signature", "").encode()
    return any(
        hmac.compare_digest(base64.b64encode(hmac.new(secret.encode(), body, sha256).digest()), given)
        for secret in secrets
    )


def unsigned(headers: Mapping[str, str], body: bytes) -> bool:
    """The ping that creating a webhook sends: form-encoded, without signature, and with nothing to do."""
    return "x-wc-webhook-signature" not in headers and body.startswith(b"webhook_id=") and len(body) < 100


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Which record to read again. A variation's change arrives as its product's."""
    topic = headers.get("x-wc-webhook-topic", "")
    try:
        id = json.loads(body).get("id")
    except (ValueError, AttributeError):
        return None
    if not isinstance(id, int):
        return None
    if topic.startswith("order."):
        return Hint("order", str(id))
    return Hint("article", str(id)) if topic.startswith("product.") else None


async def subscribe(client: Client, address: str, secret: str) -> Sequence[str]:
    """Creates missing webhooks and revives those the shop has disabled; answers their topics."""
    mine = {one["topic"]: one for one in await client.webhooks() if one["delivery_url"] == address}
    mended = []
    for topic in TOPICS:
        known = mine.get(topic)
        if known is None:
            await client.create_webhook(topic, address, secret)
        elif known["status"] != "active":
            await client.revive_webhook(int(known["id"]), secret)
        else:
            continue
        mended.append(topic)
    return mended
