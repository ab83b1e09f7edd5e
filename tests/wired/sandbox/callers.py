"""Callers of the sandbox's WooCommerce shops, and how an order adds up."""

from decimal import Decimal
from typing import Any

import httpx2
from fastapi import FastAPI

API = "/wp-json/wc/v3"


class Caller:
    """Somebody who calls one WooCommerce shop over TLS with its keys, and the hand that moves the shop."""

    def __init__(self, client: httpx2.AsyncClient, app: FastAPI, name: str) -> None:
        self.client = client
        self.sandbox = app.state.sandbox
        self.name = name
        self.opened = self.sandbox.shops["woocommerce", name]
        keys = self.opened.shop.credentials()
        self.auth = (keys["consumer_key"], keys["consumer_secret"])

    async def call(self, method: str, path: str, **given: Any) -> httpx2.Response:
        given.setdefault("auth", self.auth)
        return await self.client.request(method, f"/woocommerce/{self.name}{API}{path}", **given)

    async def get(self, path: str, **params: Any) -> httpx2.Response:
        return await self.call("GET", path, params=params)

    async def control(self, method: str, path: str, **given: Any) -> httpx2.Response:
        return await self.client.request(method, f"/_control/woocommerce/{self.name}{path}", **given)

    async def place(self, case: str) -> int:
        answer = await self.control("POST", "/orders", json={"case": case})
        return int(answer.json()["id"])

    async def order(self, order_id: int, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.get(f"/orders/{order_id}", **params)).json()
        return answer


def total_of(order: dict[str, Any]) -> Decimal:
    """What an order must total: every line's net and tax as shown, less redeemed gift cards."""
    holders = (*order["line_items"], *order["fee_lines"], *order["shipping_lines"])
    counted = sum((Decimal(row["total"]) + Decimal(row["total_tax"]) for row in holders), Decimal(0))
    return counted - sum((Decimal(str(card["amount"])) for card in order.get("gift_cards", ())), Decimal(0))
