"""A plain client of the sandbox's Admin API, as a merchant's app would be one."""

from typing import Any

import httpx2
from fastapi import FastAPI

from services.sandbox.shopify.shop import ShopifyShop
from services.sandbox.world import OpenShop, Sandbox

PATH = "/shopify/demo/admin/api/2026-10/graphql.json"
GRANT = "/shopify/demo/admin/oauth/access_token"

LIST = """query List($first: Int!, $after: String, $query: String) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { id name updatedAt }
    pageInfo { hasNextPage endCursor }
  }
}"""
SENDING = """query Sending($id: ID!) {
  order(id: $id) {
    displayFulfillmentStatus
    fulfillmentOrders(first: 10) {
      nodes {
        id status supportedActions { action } deliveryMethod { methodType } assignedLocation { name }
        lineItems(first: 20) { nodes { id remainingQuantity totalQuantity sku lineItem { id unfulfilledQuantity } } }
      }
    }
    fulfillments(first: 10) { id status trackingInfo { company number url } }
  }
}"""
SHIP = """mutation Ship($fulfillment: FulfillmentInput!) {
  fulfillmentCreate(fulfillment: $fulfillment) {
    fulfillment { id status trackingInfo { company number url } }
    userErrors { field message }
  }
}"""


class Admin:
    """One shop in process, with an access token that works."""

    def __init__(self, app: FastAPI, http: httpx2.AsyncClient) -> None:
        self.sandbox: Sandbox = app.state.sandbox
        self.http = http
        self.opened: OpenShop = self.sandbox.shops["shopify", "demo"]
        assert isinstance(self.opened.shop, ShopifyShop)
        self.shop: ShopifyShop = self.opened.shop
        self.token: str | None = self.shop.access.static_token

    async def post(self, query: str, /, **variables: Any) -> httpx2.Response:
        headers = {"X-Shopify-Access-Token": self.token} if self.token else {}
        return await self.http.post(PATH, json={"query": query, "variables": variables}, headers=headers)

    async def body(self, query: str, /, **variables: Any) -> Any:
        answer = await self.post(query, **variables)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def data(self, query: str, /, **variables: Any) -> Any:
        """The data of an answer without any error."""
        body = await self.body(query, **variables)
        assert "errors" not in body, body["errors"]
        return body["data"]

    async def ids(self, query: str = "", page: int = 250) -> list[str]:
        """Every order that the list shows, page by page."""
        found: list[str] = []
        after = None
        while True:
            listed = (await self.data(LIST, first=page, after=after, query=query))["orders"]
            found += [node["id"] for node in listed["nodes"]]
            if not listed["pageInfo"]["hasNextPage"]:
                return found
            after = listed["pageInfo"]["endCursor"]
