"""A dry run shows what an import would decide, and writes nothing: no table, no queue, no cursor."""

from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx2 import ASGITransport

from services.order_import.service import orders_routes
from shared.chassis import problems
from shared.chassis.access import Access, key_hash
from shared.chassis.hashing import Hasher
from shared.chassis.journal import Journal
from shared.chassis.peers import Peers
from shared.chassis.service import Service
from shared.chassis.settings import Settings
from shared.persistence.held import Lookout
from tests.integration.conftest import OpenAs
from tests.integration.connector_kit.branch import Branch

KEY = "kontor_service_of_the_test"


@pytest.fixture
async def shop(branch: Branch, open_as: OpenAs) -> Branch:
    """The branch, with the order book as its neighbour."""
    database = open_as("orders")
    settings = Settings()
    book = Service(
        name="order_import",
        settings=settings,
        database=database,
        bus=branch.bus,
        journal=Journal("order_import"),
        access=Access(database),
        hasher=Hasher("test"),
        peers=Peers(settings),
        lookout=Lookout(database),
    )
    app = FastAPI()
    problems.install(app)
    app.state.service = book
    app.include_router(orders_routes(book), prefix="/orders")
    async with branch.admin.transaction() as tx:
        await tx.execute("DELETE FROM orders.known_articles")
        await tx.execute(
            "INSERT INTO access.api_keys (id, name, role, hash) VALUES (gen_random_uuid(), 'kit', 'service', :hash)",
            hash=key_hash(KEY),
        )
    ours = branch.service.settings.model_copy(update={"service_key": Settings(service_key=KEY).service_key})
    branch.service.peers = Peers(ours, transport=ASGITransport(app=app))
    return branch


async def everything(branch: Branch) -> dict[str, str]:
    """A fingerprint of every table of every service."""
    async with branch.admin.transaction() as tx:
        tables = await tx.rows(
            """SELECT table_schema || '.' || table_name AS name FROM information_schema.tables
               WHERE table_schema = ANY(:schemas) AND table_type = 'BASE TABLE'""",
            schemas=["connections", "connectors", "orders", "inventory", "journal", "access", "archive"],
        )
        content = "count(*) || md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), ''))"
        return {one["name"]: await tx.value(f"SELECT {content} FROM {one['name']} t") for one in tables}


async def know_all(branch: Branch) -> None:
    """The merchant has every article the shop sells."""
    async with branch.admin.transaction() as tx:
        await tx.many(
            "INSERT INTO orders.known_articles (id, version, number) VALUES (gen_random_uuid(), 1, :number)",
            [{"number": sku} for sku in branch.stand.shop.stock()],
        )


async def test_a_dry_run_over_the_newest_orders_writes_nothing_anywhere(shop: Branch) -> None:
    await know_all(shop)
    placed = shop.place(30)
    client = await shop.client()
    before = await everything(shop)
    assert len(before) > 40
    shown = (await client.post("/preview", json={"newest": 20})).json()
    assert [one["external_id"] for one in shown] == list(reversed(placed))[:20]
    assert {one["judgement"]["status"] for one in shown} == {"imported"}
    assert {one["judgement"]["proof"]["tolerated"] for one in shown} == {True}
    assert await everything(shop) == before
    assert shop.bus.heard == []


async def test_orders_placed_this_very_second_are_among_the_newest(shop: Branch) -> None:
    client = await shop.client()
    for case in ("guest", "tip", "refunded in part"):
        placed = shop.place_case(case)
        (shown,) = (await client.post("/preview", json={"newest": 1})).json()
        assert shown["external_id"] == placed


async def test_chosen_orders_show_their_reasons_what_cannot_be_read_and_what_is_missing(shop: Branch) -> None:
    (good,) = shop.place(1)
    odd = shop.place_case("unknown status word")
    client = await shop.client()
    body = {"external_ids": [good, odd, "999999"]}
    first, second, third = (await client.post("/preview", json=body, headers={"Accept-Language": "de"})).json()
    assert (first["found"], first["judgement"]["status"], first["judgement"]["known_version"]) == (True, "parked", None)
    (reason, *_) = first["judgement"]["reasons"]
    assert reason["code"] == "article_unknown"
    assert reason["sentence"].startswith("Die Artikelnummer")
    assert (second["contract"], second["judgement"], second["unreadable"]["code"]) == (None, None, "unknown_word")
    assert (third["found"], third["contract"], third["judgement"]) == (False, None, None)


async def test_one_order_is_shown_as_before_and_judged_besides(shop: Branch) -> None:
    (good,) = shop.place(1)
    client = await shop.client()
    before = await everything(shop)
    shown = (await client.get(f"/preview/order/{good}")).json()
    assert (shown["external_id"], shown["unreadable"], shown["contract"]["external_id"]) == (good, None, good)
    assert shown["judgement"]["status"] == "parked"
    assert (await client.get("/preview/order/999999")).status_code == 404
    assert await everything(shop) == before


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "body"),
        ({"newest": 5, "external_ids": ["1"]}, "body"),
        ({"newest": 21}, "newest"),
        ({"newest": 0}, "newest"),
        ({"external_ids": [str(n) for n in range(21)]}, "external_ids"),
        ({"noun": "article", "newest": 1}, "noun"),
        ({"newest": 1, "write": True}, "write"),
    ],
)
async def test_a_dry_run_that_cannot_be_names_its_field(branch: Branch, wish: dict[str, Any], field: str) -> None:
    answer = await (await branch.client()).post("/preview", json=wish)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_dry_run_is_for_operators_of_the_connection(branch: Branch) -> None:
    assert (await (await branch.client("support")).post("/preview", json={"newest": 1})).status_code == 403
    assert (await (await branch.client("operate", [uuid4()])).post("/preview", json={"newest": 1})).status_code == 404
