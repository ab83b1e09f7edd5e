"""The shop's webhooks: who subscribed to what, how a delivery is signed, and when a subscription is switched off."""

import base64
import hashlib
import hmac
import html
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from services.sandbox.webhooks import Message, WebhookSender
from services.sandbox.woocommerce.times import both

RESOURCES = ("order", "product", "customer", "coupon")
EVENTS = ("created", "updated", "deleted", "restored")
STATUSES = ("active", "paused", "disabled")
MAX_FAILURES = 5


@dataclass
class Webhook:
    id: int
    name: str
    topic: str
    delivery_url: str
    secret: str
    created_at: datetime
    modified_at: datetime | None = None
    status: str = "active"
    failures: int = 0

    def shown(self, home: str) -> dict[str, Any]:
        """As the API answers it: the secret is never read back."""
        resource, _, event = self.topic.partition(".")
        api = f"{home}/wp-json/wc/v3/webhooks"
        allow = {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}
        return {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "topic": self.topic,
            "resource": resource,
            "event": event,
            "hooks": [f"woocommerce_{event}_{resource}"],
            "delivery_url": self.delivery_url,
            **both("date_created", self.created_at),
            **both("date_modified", self.modified_at),
            "_links": {
                "self": [{"href": f"{api}/{self.id}", "targetHints": allow}],
                "collection": [{"href": api}],
            },
        }

    def count(self, status: int | None) -> None:
        """Anything but 200 to 302 is a failure; the shop gives up when there were more than five in a row before."""
        if status is not None and 200 <= status <= 302:
            self.failures = 0
        elif self.failures > MAX_FAILURES:
            self.status = "disabled"
        else:
            self.failures += 1


@dataclass
class Hooks:
    """All webhooks of one shop."""

    home: str
    version: str
    sender: WebhookSender
    clock: Callable[[], datetime]
    next_id: Callable[[], int]
    webhooks: dict[int, Webhook] = field(default_factory=dict)

    def subscribe(self, name: str, topic: str, delivery_url: str, secret: str, status: str) -> Webhook:
        """A new webhook. The shop greets the address with an unsigned form, whatever it answers."""
        webhook = Webhook(self.next_id(), name or topic, topic, delivery_url, secret, self.clock(), status=status)
        self.webhooks[webhook.id] = webhook
        ping = {"User-Agent": self._agent, "Content-Type": "application/x-www-form-urlencoded"}
        self.sender.post("ping", delivery_url, lambda: (ping, f"webhook_id={webhook.id}".encode()))
        return webhook

    def fire(self, topic: str, body: Callable[[], bytes]) -> None:
        """Tells every active subscriber; the body is made when it is sent, as the shop's cron does."""
        for webhook in list(self.webhooks.values()):
            if webhook.topic == topic and webhook.status == "active":
                self.sender.post(topic, webhook.delivery_url, self._rendering(webhook, body), webhook.count)

    @property
    def _agent(self) -> str:
        return f"WooCommerce/{self.version} Hookshot (WordPress/7.1)"

    def _rendering(self, webhook: Webhook, body: Callable[[], bytes]) -> Callable[[], Message]:
        def render() -> Message:
            raw = body()
            resource, _, event = webhook.topic.partition(".")
            # The secret was stored as HTML; the shop decodes it before it signs.
            secret = html.unescape(webhook.secret).encode()
            second = int(self.clock().timestamp())
            delivery = hashlib.md5(f"{webhook.id}{second}".encode(), usedforsecurity=False).hexdigest()
            headers = {
                "User-Agent": self._agent,
                "Content-Type": "application/json",
                "X-WC-Webhook-Source": f"{self.home}/",
                "X-WC-Webhook-Topic": webhook.topic,
                "X-WC-Webhook-Resource": resource,
                "X-WC-Webhook-Event": event,
                "X-WC-Webhook-Signature": base64.b64encode(hmac.digest(secret, raw, hashlib.sha256)).decode(),
                "X-WC-Webhook-ID": str(webhook.id),
                "X-WC-Webhook-Delivery-ID": delivery,
            }
            return headers, raw

        return render
