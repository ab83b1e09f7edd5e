"""One method per remote operation. Lists come back as connections of raw nodes; nothing is translated here."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.connectors.shopify.client.catalogue import Catalogue
from services.connectors.shopify.client.graphql import GraphQL
from services.connectors.shopify.client.price_lists import PriceLists
from services.connectors.shopify.client.returning import Returning
from services.connectors.shopify.settings import Credentials
from shared.connector_kit.outside import Outside
from shared.contracts.errors import Misconfigured

LARGEST_PAGE = 250
LOOKED_AT = 50

Problems = list[dict[str, Any]]
"""`userErrors`: what is wrong with the input, by the platform's own fields."""


class Client:
    """The shop's Admin API."""

    def __init__(self, credentials: Credentials, outside: Outside) -> None:
        self._graphql = GraphQL(credentials, outside)
        self.returning = Returning(self._data)
        self.price_lists = PriceLists(self._data)
        self._location = ""
        self._currency = ""
        self.catalogue = Catalogue(self._data, self.currency)
        self.signs_webhooks = bool(credentials.client_secret)

    @property
    def served_version(self) -> str:
        """The API version that the shop last answered with; empty before the first answer."""
        return self._graphql.served_version

    async def now(self) -> datetime:
        """The shop's own clock: windows must not depend on ours."""
        return await self._graphql.server_time("Clock") or datetime.now(UTC)

    async def orders(self, window: str, first: int, after: str | None) -> dict[str, Any]:
        """One page of orders by change time, each with the first rows of its own lists."""
        return await self._connection("OrdersChanged", "orders", window=window, first=first, after=after)

    async def order_names(self, window: str, first: int, after: str | None) -> dict[str, Any]:
        """One page of orders, ids and stamps only."""
        return await self._connection("OrdersListed", "orders", window=window, first=first, after=after)

    async def order(self, id: str) -> dict[str, Any] | None:
        """One order; None when the shop no longer has it, or no longer shows it."""
        found: dict[str, Any] | None = (await self._data("OrderWhole", id=id))["order"]
        return found

    async def payments(self, order_id: str) -> list[dict[str, Any]]:
        data = await self._data("OrderPayments", id=order_id)
        return list(data["order"]["transactions"])

    async def refunds(self, order_id: str) -> list[dict[str, Any]]:
        """An order's refunds, with the first rows of their lines."""
        data = await self._data("OrderRefunds", id=order_id)
        return list(data["order"]["refunds"])

    async def returns(self, order_id: str) -> list[dict[str, Any]]:
        """An order's returns with all their lines and the refunds that pay for them. Needs the right `read_returns`."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        while (order := (await self._data("OrderReturns", id=order_id, first=5, after=after))["order"]) is not None:
            page = order["returns"]
            for row in page["nodes"]:
                for name, operation in (("returnLineItems", "ReturnLines"), ("refunds", "ReturnRefunds")):
                    row[name] = await self.whole(row[name], operation, row["id"], f"return.{name}")
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                break
            after = page["pageInfo"]["endCursor"]
        return found

    async def products(self, window: str, first: int, after: str | None) -> dict[str, Any]:
        """One page of products by change time, each with the first of its variants."""
        return await self._connection("ProductsChanged", "products", window=window, first=first, after=after)

    async def product(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await self._data("ProductWhole", id=id))["product"]
        return found

    async def variant(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = (await self._data("VariantWhole", id=id))["productVariant"]
        return found

    async def whole(self, page: dict[str, Any], operation: str, id: str, path: str) -> list[dict[str, Any]]:
        """All rows of a record's own list, of which the first page is there. `path` is "record.list" in an answer."""
        record, name = path.split(".")
        rows: list[dict[str, Any]] = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            owner = (await self._data(operation, id=id, first=LARGEST_PAGE, after=after))[record]
            if owner is None:
                break
            page = owner[name]
            rows += page["nodes"]
        return rows

    async def fulfilment_orders(self, order_id: str) -> list[dict[str, Any]]:
        """An order's fulfilment orders with all their lines. Their ids change, so they are never remembered."""
        found: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            order = (await self._data("FulfilmentOrders", id=order_id, first=10, after=after))["order"]
            if order is None:
                return found
            page = order["fulfillmentOrders"]
            for row in page["nodes"]:
                path = "fulfillmentOrder.lineItems"
                row["lineItems"] = await self.whole(row["lineItems"], "FulfilmentOrderLines", row["id"], path)
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    async def fulfilments(self, order_id: str) -> list[dict[str, Any]] | None:
        """What was sent of an order, with all its lines; None when there is no such order."""
        order = (await self._data("Fulfilments", id=order_id))["order"]
        if order is None:
            return None
        for row in order["fulfillments"]:
            lines, path = row["fulfillmentLineItems"], "fulfillment.fulfillmentLineItems"
            row["fulfillmentLineItems"] = await self.whole(lines, "FulfilmentLines", row["id"], path)
        return list(order["fulfillments"])

    async def location(self) -> str:
        """The shop's first active location that serves online orders, else its first one."""
        if not self._location:
            page = await self._connection("Locations", "locations", first=LARGEST_PAGE, after=None)
            rows = sorted(page["nodes"], key=lambda row: not row["fulfillsOnlineOrders"])
            if not rows:
                raise Misconfigured("The shop has no active location.", code="location_missing", field="location")
            self._location = str(rows[0]["id"])
        return self._location

    async def tracked(self) -> list[bool]:
        """Whether stock is tracked, of some of the shop's variants."""
        page = await self._connection("StockTracked", "productVariants", first=LOOKED_AT)
        return [bool(row["inventoryItem"]["tracked"]) for row in page["nodes"]]

    async def currency(self) -> str:
        """The shop's currency; prices do not name it."""
        if not self._currency:
            self._currency = str((await self._data("Currency"))["shop"]["currencyCode"])
        return self._currency

    async def items_of(self, variant_ids: Sequence[str]) -> dict[str, str]:
        """Variant to inventory item."""
        rows = (await self._data("ItemsOfVariants", ids=list(variant_ids)))["nodes"]
        return {row["id"]: row["inventoryItem"]["id"] for row in rows if row and row.get("inventoryItem")}

    async def stock_at(self, item_ids: Sequence[str], location: str) -> dict[str, int]:
        """What can be sold of each item at a location; an item that is not stocked there is left out."""
        rows = (await self._data("StockAt", ids=list(item_ids), location=location))["nodes"]
        levels = {row["id"]: row["inventoryLevel"] for row in rows if row and row.get("inventoryLevel")}
        return {id: int(level["quantities"][0]["quantity"]) for id, level in levels.items()}

    async def set_stock(self, given: dict[str, Any], key: str) -> Problems:
        """Absolute quantities, all or none; under one key it happens once."""
        data = await self._data("SetStock", input=given, key=key)
        return list(data["inventorySetQuantities"]["userErrors"])

    async def set_prices(self, product: str, variants: Sequence[dict[str, Any]]) -> Problems:
        """Prices of one product's variants; what is wrong with one of them holds back no other."""
        data = await self._data("SetPrices", product=product, variants=list(variants))
        return list(data["productVariantsBulkUpdate"]["userErrors"])

    async def carry_at(self, item: str, location: str, key: str) -> Problems:
        """Stocks an item at a location that has not carried it so far."""
        data = await self._data("CarryAt", item=item, location=location, key=key)
        return list(data["inventoryActivate"]["userErrors"])

    async def ship(self, given: dict[str, Any]) -> tuple[str, Problems]:
        """Makes one fulfilment: its id, or what is wrong. Never repeated by itself."""
        made = (await self._data("Ship", fulfillment=given))["fulfillmentCreate"]
        return str((made["fulfillment"] or {}).get("id", "")), list(made["userErrors"])

    async def ready_for_pickup(self, given: dict[str, Any]) -> Problems:
        data = await self._data("ReadyForPickup", input=given)
        return list(data["fulfillmentOrderLineItemsPreparedForPickup"]["userErrors"])

    async def cancellation_of(self, order_id: str) -> dict[str, Any] | None:
        """Whether an order is cancelled, and its refunds with their notes; None when there is no such order."""
        found: dict[str, Any] | None = (await self._data("CancellationOf", id=order_id))["order"]
        return found

    async def cancel_order(self, given: dict[str, Any]) -> tuple[str, Problems]:
        """Begins a job that cancels an order: its id, or what is wrong. Never repeated by itself."""
        begun = (await self._data("CancelOrder", **given))["orderCancel"]
        return str((begun["job"] or {}).get("id", "")), list(begun["orderCancelUserErrors"])

    async def job_done(self, id: str) -> bool:
        """Whether a job has ended, well or not."""
        job = (await self._data("JobDone", id=id))["job"]
        return job is None or bool(job["done"])

    async def refund_state(self, order_id: str) -> dict[str, Any] | None:
        """What was paid and paid back of an order, and its refunds' notes; None when there is no such order."""
        found: dict[str, Any] | None = (await self._data("RefundState", id=order_id))["order"]
        return found

    async def make_refund(self, given: dict[str, Any], key: str) -> tuple[str, Problems]:
        """Takes units off an order, gives money back, or both; under one key it happens once."""
        made = (await self._data("MakeRefund", input=given, key=key))["refundCreate"]
        return str((made["refund"] or {}).get("id", "")), list(made["userErrors"])

    async def subscriptions(self, after: str | None) -> dict[str, Any]:
        return await self._connection("Subscriptions", "webhookSubscriptions", first=LARGEST_PAGE, after=after)

    async def subscribe(self, topic: str, address: str) -> Problems:
        data = await self._data("Subscribe", topic=topic, to={"uri": address, "format": "JSON"})
        return list(data["webhookSubscriptionCreate"]["userErrors"])

    async def who(self) -> dict[str, Any]:
        """The shop's own facts and the scopes of the app."""
        return await self._data("Who")

    async def show_customer_data(self) -> None:
        """Raises Misconfigured where the app may not see who the customers are."""
        await self._data("CustomerDataShown")

    async def _connection(self, operation: str, name: str, **variables: Any) -> dict[str, Any]:
        return dict((await self._data(operation, **variables))[name])

    async def _data(self, operation: str, **variables: Any) -> dict[str, Any]:
        return await self._graphql.data(operation, variables)
