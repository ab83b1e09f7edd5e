"""Shopify's webhooks: signature over the raw body, topics, subscriptions. A webhook is only a hint."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from services.connectors.shopify.client import Client
from services.connectors.shopify.settings import Credentials
from services.connectors.shopify.vocabulary import TOPICS
from shared.connector_kit.declaration import Hint
from shared.contracts.errors import Rejected

# The newer event system leaves the "X-" out.
SIGNATURES = ("x-shopify-hmac-sha256", "shopify-hmac-sha256")
TOPIC = ("x-shopify-topic", "shopify-topic")
KINDS = {"order": "Order", "article": "Product"}


def secrets(credentials: Credentials, own: str) -> Sequence[str]:
    """The app's secret; for an hour after it was changed, the old one too. None: nothing can be verified."""
    return tuple(secret for secret in (credentials.client_secret, credentials.previous_client_secret) if secret)


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> bool:
    """base64(HMAC-SHA256(raw body, secret)); the digests are compared, not their spelling."""
    given = next((headers[name] for name in SIGNATURES if name in headers), "")
    try:
        digest = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        return False
    return any(hmac.compare_digest(hmac.digest(secret.encode(), body, sha256), digest) for secret in secrets)


def hint(headers: Mapping[str, str], body: bytes) -> Hint | None:
    """Which record to read again. Ids are whole numbers beyond what a float holds, so they are read as such."""
    topic = next((headers[name] for name in TOPIC if name in headers), "")
    if topic not in TOPICS:
        return None
    noun, name = TOPICS[topic]
    try:
        content: Any = json.loads(body)
        number = content.get(name)
    except (ValueError, AttributeError):
        return None
    if not isinstance(number, int):
        return None
    return Hint(noun, f"gid://shopify/{KINDS[noun]}/{number}")


async def subscribe(client: Client, address: str, secret: str) -> Sequence[str]:
    """Creates what is missing: after eight failed deliveries the shop deletes a subscription. Answers the topics."""
    if not client.signs_webhooks:
        return ()
    present: set[str] = set()
    after: str | None = None
    while True:
        page = await client.subscriptions(after)
        present.update(row["topic"] for row in page["nodes"] if row["uri"] == address)
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    missing = [topic for topic in TOPICS if _word(topic) not in present]
    for topic in missing:
        if problems := await client.subscribe(_word(topic), address):
            raise Rejected(str(problems[0].get("message", "")), code="webhook_refused")
    return missing


def _word(topic: str) -> str:
    """`orders/create` as the schema's enum writes it."""
    return topic.replace("/", "_").upper()
