"""Notifications: destinations that prove themselves, subscriptions to topics, calls signed with a key of eBay's own."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.sandbox.ebay.errors import notification
from services.sandbox.ebay.values import shown
from services.sandbox.webhooks import Message, WebhookSender

# Whose token subscribes: the app's own, or the seller's.
TOPICS = {
    "MARKETPLACE_ACCOUNT_DELETION": "APPLICATION",
    "AUTHORIZATION_REVOCATION": "APPLICATION",
    "ORDER_CONFIRMATION": "USER",
    "ORDER_CANCELLATION_ACTIVITY": "USER",
    "ITEM_MARKED_SHIPPED": "USER",
    "ITEM_AVAILABILITY": "USER",
}
GOOD = (200, 201, 202, 204)
MOST_FAILURES = 5
"""So many in a row stand for the day of repeated calls after which the platform marks a destination as down."""
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,80}")


@dataclass
class Destination:
    id: str
    name: str
    endpoint: str
    token: str
    status: str = "ENABLED"
    failures: int = 0

    def body(self) -> dict[str, Any]:
        config = {"endpoint": self.endpoint, "verificationToken": self.token}
        return {"destinationId": self.id, "name": self.name, "status": self.status, "deliveryConfig": config}

    def count(self, status: int | None) -> None:
        self.failures = 0 if status in GOOD else self.failures + 1
        if self.failures >= MOST_FAILURES:
            self.status = "MARKED_DOWN"


@dataclass
class Subscription:
    id: str
    topic: str
    destination: str
    created_at: datetime
    status: str = "ENABLED"

    def body(self) -> dict[str, Any]:
        payload = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
        return {
            "subscriptionId": self.id,
            "topicId": self.topic,
            "status": self.status,
            "creationDate": shown(self.created_at),
            "destinationId": self.destination,
            "payload": payload,
        }


@dataclass
class Hooks:
    """All destinations and subscriptions of one app and its seller."""

    name: str
    sender: WebhookSender
    clock: Callable[[], datetime]
    alert_email: str = ""
    destinations: dict[str, Destination] = field(default_factory=dict)
    rows: dict[str, Subscription] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        secret = int.from_bytes(hashlib.sha256(f"{self.name} notifications".encode()).digest()) >> 8
        self._key = ec.derive_private_key(secret, ec.SECP256R1())
        self.kid = str(uuid5(NAMESPACE_URL, self.name))

    def public_key(self, kid: str) -> dict[str, Any]:
        """As the platform has it: the key without a line break. Raises ApiError for another."""
        if kid != self.kid:
            raise notification(195005, f"There is no public key {kid}.", 404)
        pem = self._key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        return {"algorithm": "ECDSA", "digest": "SHA1", "key": pem.replace("\n", "")}

    async def destine(self, wanted: Any, known: Destination | None = None) -> Destination:
        """A destination, once it has answered the challenge. Raises ApiError for one that does not."""
        if not self.alert_email:
            raise notification(195003, "Please provide an alert email in the configuration first.")
        config = wanted.get("deliveryConfig") or {}
        endpoint, token = str(config.get("endpoint") or ""), str(config.get("verificationToken") or "")
        if not endpoint.startswith("https://") or not TOKEN.fullmatch(token):
            raise notification(195014, "An https endpoint and a verification token of 32 to 80 characters are needed.")
        if known is None and any(one.endpoint == endpoint for one in self.destinations.values()):
            raise notification(195011, "The destination exists already.", 409)
        await self._challenge(endpoint, token)
        if known is None:
            id = f"dest-{next(self._ids):04d}"
            known = Destination(id, str(wanted.get("name") or ""), endpoint, token)
            self.destinations[id] = known
        known.endpoint, known.token, known.failures = endpoint, token, 0
        known.status = str(wanted.get("status") or "ENABLED")
        return known

    def subscribe(self, wanted: Any, scope: str) -> Subscription:
        """Raises ApiError for a topic that is not known, of the other scope, or subscribed already."""
        topic, destination = str(wanted.get("topicId")), str(wanted.get("destinationId"))
        if TOPICS.get(topic) != scope:
            raise notification(195018, f"The topic {topic} is not available with this token.", 403)
        if destination not in self.destinations:
            raise notification(195019, "The destination is not known.")
        if any((one.topic, one.destination) == (topic, destination) for one in self.rows.values()):
            raise notification(195020, "The subscription exists already.", 409)
        row = Subscription(f"sub-{next(self._ids):04d}", topic, destination, self.clock())
        self.rows[row.id] = row
        return row

    def about_order(self, topic: str, body: dict[str, Any], line: str) -> None:
        order: dict[str, Any] = {"orderId": body["orderId"]}
        if line:
            order["orderLineItems"] = [{"orderLineItemId": line}]
        self.fire(topic, {"order": order})

    def fire(self, topic: str, data: dict[str, Any]) -> None:
        """Tells every subscriber of a topic."""
        for row in self.rows.values():
            destination = self.destinations[row.destination]
            if (row.topic, row.status, destination.status) == (topic, "ENABLED", "ENABLED"):
                self.sender.post(topic, destination.endpoint, self._rendering(topic, data), destination.count)

    async def _challenge(self, endpoint: str, token: str) -> None:
        code = hashlib.sha256(f"{endpoint} {next(self._ids)}".encode()).hexdigest()[:32]
        expected = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
        async with httpx2.AsyncClient(transport=self.sender.transport, timeout=5.0, trust_env=False) as client:
            try:
                reply = await client.get(endpoint, params={"challenge_code": code})
                answered = reply.json().get("challengeResponse") if reply.status_code == 200 else None
            except (httpx2.HTTPError, ValueError, AttributeError):
                answered = None
        if answered != expected:
            raise notification(195022, "The endpoint did not answer the challenge.")

    def _rendering(self, topic: str, data: dict[str, Any]) -> Callable[[], Message]:
        id, happened = f"{self.name}_{next(self._ids)}", shown(self.clock())

        def render() -> Message:
            told = {
                "notificationId": id,
                "eventDate": happened,
                "publishDate": shown(self.clock()),
                "publishAttemptCount": 1,
                "data": data,
            }
            metadata = {"topic": topic, "schemaVersion": "1.0", "deprecated": False}
            body = json.dumps({"metadata": metadata, "notification": told}).encode()
            signature = base64.b64encode(self._key.sign(body, ec.ECDSA(SHA1()))).decode()  # noqa: S303 - the platform's choice
            header = {"alg": "ecdsa", "kid": self.kid, "signature": signature, "digest": "SHA1"}
            signed = base64.b64encode(json.dumps(header).encode()).decode()
            return {"Content-Type": "application/json", "X-EBAY-SIGNATURE": signed}, body

        return render
