"""What a shop is made of; handed to every resolver and to everything that happens to an order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.sandbox.shopify.catalogue import Catalogue
from services.sandbox.shopify.identity import Numbers, stamp
from services.sandbox.shopify.store import Orders
from services.sandbox.shopify.subscriptions import Subscriptions

Record = dict[str, Any]


@dataclass
class Backend:
    name: str
    domain: str
    currency: str
    clock: Callable[[], datetime]
    numbers: Numbers
    catalogue: Catalogue
    orders: Orders
    subscriptions: Subscriptions

    @property
    def definitions(self) -> list[Record]:
        """The metafields that the merchant has defined."""
        return self.catalogue.definitions

    @property
    def now(self) -> str:
        return stamp(self.clock())

    def changed(self, order: Record, *topics: str, at: datetime | None = None) -> None:
        """An order was changed: stamp, index and webhooks follow. `topics` come before `orders/updated`."""
        self.orders.touched_at(order, at)
        for topic in (*topics, "orders/updated"):
            self.subscriptions.publish(topic, order)


def user_error(message: str, *field: str, **more: Any) -> Record:
    """One entry of `userErrors`; `code` where the mutation has codes."""
    return {"field": list(field) or None, "message": message, **more}
