"""What a scaffolded connector does with a shop of the plain API; run by `test_add_a_connector.py` in its copy."""

# ruff: noqa: I001 - this connector exists only in the copy

import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI, Header, HTTPException

from services.connectors.bazaar.connector import BAZAAR
from services.connectors.bazaar.settings import Credentials
from shared.connector_kit.declaration import Command, Window
from shared.connector_kit.outside import Outside
from shared.connector_kit.translation import read
from shared.contracts.fulfilment import Fulfilment, FulfilmentPush, ShippedLine
from shared.contracts.stock import StockPush
from shared.http.guard import Guard
from shared.http.limits import Bucket, Limit

FIRST = datetime(2026, 1, 31, 8, tzinfo=UTC)
ARTICLE = {"id": "a-1", "sku": "TEA", "title": "Tea", "price": 5.95, "currency": "EUR", "stock": 7}


def order(number: int, at: datetime) -> dict[str, Any]:
    line = {"id": f"l-{number}", "sku": "TEA", "quantity": "1", "unit_price": "5.95", "total": "5.95",
            "tax_percent": "7", "tax": "0.39"}  # fmt: skip
    return {"id": f"o-{number}", "number": str(number), "status": "paid", "currency": "EUR", "lines": [line],
            "placed_at": at.isoformat(), "updated_at": at.isoformat(), "total": "5.95"}  # fmt: skip


class Shop:
    """The plain API with some orders; `moved` is changed while the first page is read."""

    def __init__(self) -> None:
        self.orders = [order(n, FIRST + timedelta(seconds=n // 150)) for n in range(450)]
        self.moved = ""
        self.stock: dict[str, int] = {}
        self.parcels: list[dict[str, Any]] = []
        self.hooks: list[dict[str, Any]] = []
        self.scopes = ["orders:read", "articles:read", "stock:write", "shipments:write"]

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.middleware("http")
        async def only_with_the_key(request: Any, go_on: Any) -> Any:
            assert request.headers["authorization"] == "Bearer key-of-the-shop"
            return await go_on(request)

        @app.get("/account")
        def account() -> dict[str, Any]:
            return {"name": "Bazaar demo", "scopes": self.scopes}

        @app.get("/orders")
        def orders(page: int, per_page: int, updated_since: datetime | None = None) -> list[dict[str, Any]]:
            rows = [row for row in self.orders if updated_since is None or stamp(row) >= updated_since]
            rows.sort(key=lambda row: (row["updated_at"], row["id"]))
            found = [dict(row) for row in rows[(page - 1) * per_page : page * per_page]]
            for row in self.orders:
                if row["id"] == self.moved:
                    row["updated_at"] = (FIRST + timedelta(hours=1)).isoformat()
            return found

        @app.get("/orders/{id}")
        def one(id: str) -> dict[str, Any]:
            for row in self.orders:
                if row["id"] == id:
                    return row
            raise HTTPException(404)

        @app.get("/articles")
        def articles() -> list[dict[str, Any]]:
            return [ARTICLE | {"updated_at": FIRST.isoformat()}]

        @app.put("/stock")
        def stock(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
            known = [row for row in rows if row["article_id"] == "a-1"]
            self.stock |= {row["article_id"]: row["quantity"] for row in known}
            return [row if row in known else row | {"error": "no such article"} for row in rows]

        @app.get("/orders/{id}/shipments")
        def shipments(id: str) -> list[dict[str, Any]]:
            return self.parcels

        @app.post("/orders/{id}/shipments")
        def ship(id: str, body: dict[str, Any]) -> dict[str, Any]:
            self.parcels.append(body | {"id": len(self.parcels) + 1})
            return self.parcels[-1]

        @app.get("/webhooks")
        def webhooks() -> list[dict[str, Any]]:
            return self.hooks

        @app.post("/webhooks")
        def subscribe(body: dict[str, Any], content_type: str = Header()) -> None:
            self.hooks.append(body)

        return app


def stamp(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["updated_at"])


@pytest.fixture
async def world() -> AsyncIterator[SimpleNamespace]:
    shop = Shop()
    outside = Outside(
        bucket=Bucket(Limit(rate=1000, burst=1000)),
        guard=Guard(allow=frozenset({"bazaar.test"})),
        transport=httpx2.ASGITransport(shop.app()),
    )
    credentials = Credentials(url="http://bazaar.test/", api_key="key-of-the-shop")
    yield SimpleNamespace(shop=shop, client=BAZAAR.client(credentials, outside))
    await outside.close()


async def ids(world: SimpleNamespace, window: Window) -> list[str]:
    stream = BAZAAR.stream("order")
    assert stream is not None
    return [item.external_id async for page in stream.fetch(world.client, window) for item in page.items]


async def test_every_order_is_read_although_more_than_a_page_share_one_second(world: SimpleNamespace) -> None:
    found = await ids(world, Window())
    assert len(found) == len(set(found)) == 450


async def test_an_order_that_moves_while_it_is_read_pushes_no_other_off_a_page(world: SimpleNamespace) -> None:
    world.shop.moved = "o-399"
    assert set(await ids(world, Window(FIRST + timedelta(seconds=1)))) == {f"o-{n}" for n in range(150, 450)}


async def test_every_order_that_is_read_can_be_translated(world: SimpleNamespace) -> None:
    stream = BAZAAR.stream("order")
    assert stream is not None
    (raw,) = await stream.fetch_one(world.client, "o-17")
    item = read(stream, raw)
    assert item.unreadable is None
    assert item.contract is not None
    assert not await stream.fetch_one(world.client, "never heard of")


async def test_an_article_keeps_its_exact_price(world: SimpleNamespace) -> None:
    stream = BAZAAR.stream("article")
    assert stream is not None
    (page,) = [page async for page in stream.fetch(world.client, Window())]
    article: Any = read(stream, page.items[0]).contract
    assert (str(article.price), article.quantity) == ("5.95 EUR", 7)


async def test_a_missing_scope_is_named_before_anything_is_stored(world: SimpleNamespace) -> None:
    assert (await BAZAAR.probe(world.client)).ok
    world.shop.scopes = ["orders:read"]
    probe = await BAZAAR.probe(world.client)
    assert not probe.ok
    assert [finding.params["field"] for finding in probe.findings if finding.fatal] == ["articles:read"]


async def test_each_stock_row_is_judged_by_itself(world: SimpleNamespace) -> None:
    commands = [
        Command(id, 1, uuid4(), StockPush(listing_id=uuid4(), version=1, external_id=id, sku="TEA", quantity=3))
        for id in ("a-1", "a-2")
    ]
    results = await BAZAAR.pushes[0].send(world.client, commands)
    assert [result.outcome for result in results] == ["done", "failed"]
    assert world.shop.stock == {"a-1": 3}


async def test_a_parcel_whose_answer_was_lost_is_found_again(world: SimpleNamespace) -> None:
    push = BAZAAR.pushes[1]
    parcel = Fulfilment(
        id=uuid4(), order_external_id="o-1", lines=(ShippedLine(line_external_id="l-1", quantity=1),), carrier="DHL",
        tracking_number="1", shipped_at=FIRST,
    )  # fmt: skip
    command = Command(str(parcel.id), 1, uuid4(), FulfilmentPush(order_id=uuid4(), fulfilment=parcel))
    assert await push.verify(world.client, [command]) == [None]
    assert (await push.send(world.client, [command]))[0].outcome == "done"
    assert [result.outcome for result in await push.verify(world.client, [command]) if result] == ["unchanged"]


async def test_a_webhook_is_taken_only_with_our_signature_and_subscribed_once(world: SimpleNamespace) -> None:
    hooks = BAZAAR.webhooks
    assert hooks is not None
    body = json.dumps({"topic": "order.changed", "id": "o-1"}).encode()
    good = {"x-signature": hmac.new(b"secret", body, sha256).hexdigest()}
    assert hooks.verify(good, body, ["secret"])
    assert not hooks.verify(good, body + b" ", ["secret"])
    assert not hooks.verify({}, body, ["secret"])
    hint = hooks.hint(good, body)
    assert hint is not None
    assert (hint.noun, hint.external_id) == ("order", "o-1")
    assert await hooks.subscribe(world.client, "https://kontor.example/hooks", "secret")
    assert not await hooks.subscribe(world.client, "https://kontor.example/hooks", "secret")
