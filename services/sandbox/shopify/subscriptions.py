"""Webhook subscriptions of the app on one shop, and what is sent for them."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import orjson

from services.sandbox.shopify import rest
from services.sandbox.shopify.access import Access
from services.sandbox.shopify.identity import Numbers, gid, stamp
from services.sandbox.webhooks import Message, WebhookSender

Record = dict[str, Any]
GIVE_UP_AFTER = 8
"""Failures in a row, after which the platform deletes a subscription."""
RETRIES = (30.0, 120.0, 600.0, 1200.0, 2400.0, 2700.0, 3600.0, 3600.0)
"""Seconds between the attempts for one message: eight within four hours."""


def topic_of(word: str) -> str:
    """`ORDERS_CREATE` becomes `orders/create`; the noun may be several words long."""
    for noun in ("FULFILLMENT_ORDERS", "INVENTORY_LEVELS", "INVENTORY_ITEMS", "ORDER_TRANSACTIONS", "BULK_OPERATIONS"):
        if word.startswith(f"{noun}_"):
            return f"{noun}/{word[len(noun) + 1 :]}".lower()
    noun, _, verb = word.partition("_")
    return f"{noun}/{verb}".lower()


class Subscriptions:
    """`retries` may be shortened for a test; `version` is the API version that the app is configured with."""

    def __init__(
        self,
        domain: str,
        version: str,
        access: Access,
        sender: WebhookSender,
        numbers: Numbers,
        clock: Callable[[], datetime],
    ) -> None:
        self.rows: list[Record] = []
        self.retries = RETRIES
        self._domain = domain
        self._version = version
        self._access = access
        self._sender = sender
        self._numbers = numbers
        self._clock = clock

    def add(self, topic: str, given: Record) -> Record | str:
        """A new subscription, or what is wrong with it."""
        address = given.get("uri") or given.get("callbackUrl")
        if not address or urlsplit(address).scheme not in ("https", "http") or not urlsplit(address).hostname:
            return "Address is invalid"
        if given.get("format") == "XML":
            return "Format XML is not available in this shop"
        if any(row["topic"] == topic and row["uri"] == address for row in self.rows):
            return "Address for this topic has already been taken"
        number, now = self._numbers.take(), stamp(self._clock())
        row: Record = {
            "__typename": "WebhookSubscription",
            "id": gid("WebhookSubscription", number),
            "legacyResourceId": str(number),
            "topic": topic,
            "uri": address,
            "callbackUrl": address,
            "format": "JSON",
            "filter": given.get("filter"),
            "includeFields": given.get("includeFields") or [],
            "apiVersion": {"handle": self._version, "displayName": self._version, "supported": True},
            "createdAt": now,
            "updatedAt": now,
            "_failures": 0,
        }
        self.rows.append(row)
        return row

    def find(self, identifier: str) -> Record | None:
        return next((row for row in self.rows if row["id"] == identifier), None)

    def remove(self, row: Record) -> None:
        if row in self.rows:
            self.rows.remove(row)

    def publish(self, topic: str, record: Record) -> None:
        """Tells every subscriber of a topic. The body is what the record looks like now."""
        wanted = [row for row in self.rows if topic_of(row["topic"]) == topic]
        if not wanted:
            return
        body = rest.BODIES[record["__typename"]](record)
        event = str(uuid.uuid4())
        for row in wanted:
            shown = {key: value for key, value in body.items() if key in row["includeFields"]} or body
            message = (self._headers(topic, event), orjson.dumps(shown))
            self._sender.post(topic, row["uri"], self._signing(row, message), self._watch(row), self.retries)

    def _headers(self, topic: str, event: str) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self._domain,
            "X-Shopify-API-Version": self._version,
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": self._clock().strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        }

    def _signing(self, row: Record, message: Message) -> Callable[[], Message | None]:
        """Signed when it is sent; nothing is sent for a subscription that is gone by then."""

        def render() -> Message | None:
            if row not in self.rows:
                return None
            headers, body = message
            digest = hmac.new(self._access.client_secret.encode(), body, hashlib.sha256).digest()
            return {**headers, "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode()}, body

        return render

    def _watch(self, row: Record) -> Callable[[int | None], None]:
        def done(status: int | None) -> None:
            row["_failures"] = 0 if status is not None and 200 <= status < 300 else row["_failures"] + 1
            if row["_failures"] >= GIVE_UP_AFTER:
                self.remove(row)

        return done
